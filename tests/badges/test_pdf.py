from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from badges.pdf import badge_sheets_pdf, single_badge_pdf
from badges.spec import BadgeError
from tests.badges.reading import code_box_px, codes_in, inked_box, page_sizes_mm, pages
from tests.badges.specs import a_spec


def test_every_code_of_24_badges_reads_back_in_order_from_three_a4_pages() -> None:
    specs = [a_spec(seed) for seed in range(24)]

    pdf = badge_sheets_pdf(specs)

    assert page_sizes_mm(pdf) == [(210.0, 297.0)] * 3
    assert [code for page in pages(pdf) for code in codes_in(page)] == [it.code for it in specs]


def test_the_last_sheet_may_be_short() -> None:
    pdf = badge_sheets_pdf([a_spec(seed) for seed in range(9)])

    assert [len(codes_in(page)) for page in pages(pdf)] == [8, 1]


def test_a_code_is_printed_42_mm_wide_away_from_the_edge_that_fingers_hold() -> None:
    card = pages(single_badge_pdf(a_spec(), paper="sheet"), dpi=254)[0]

    left, top, right, bottom = (edge / 10 for edge in code_box_px(card))

    assert (right - left, bottom - top) == pytest.approx((42, 42), abs=0.4)
    assert (105 - right, top, 74.25 - bottom) == pytest.approx((8, 7, 25.25), abs=0.4)


@pytest.mark.parametrize(
    "name",
    ["A" * 120, "Wassima " * 15, "م" * 120, "وسيمة " * 20, "ⵜⵉⴼⵉⵏⴰⵖ " * 13, "مُحَمَّدٌ " * 12],
)
def test_the_longest_names_stay_inside_the_card_and_do_not_cover_the_code(name: str) -> None:
    spec = a_spec(name=name.strip(), name_ar="خديجة " * 20, delegation=name.strip())

    card = pages(single_badge_pdf(spec, paper="sheet"), dpi=254)[0]

    left, top, right, bottom = inked_box(card) or (0, 0, 0, 0)
    assert min(left, top, card.width - right, card.height - bottom) >= 48
    gap = card.crop((484, 10, 546, 490))
    assert inked_box(gap) is None
    assert codes_in(card) == [spec.code]


@pytest.mark.parametrize("paper", ["letter", "sheet", "a6", "card"])
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_single_badge_reads_back_in_every_language(language: str, paper: str) -> None:
    spec = a_spec(3, language=language)

    (page,) = pages(single_badge_pdf(spec, paper=paper))  # type: ignore[arg-type] # a str of the table

    assert codes_in(page) == [spec.code]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Badge KHE-0001\u00a0: Rencontre régionale"),
        ("ar", "شارة KHE-0001: اللقاء الجهوي"),
        ("en", "Badge KHE-0001: Rencontre régionale"),
    ],
)
def test_a_pdf_declares_its_title_and_language(language: str, title: str) -> None:
    reader = PdfReader(BytesIO(single_badge_pdf(a_spec(1, language=language))))

    assert reader.metadata is not None
    assert (reader.metadata.title, str(reader.root_object["/Lang"])) == (title, str(language))


def test_names_are_never_interpreted_as_markup() -> None:
    hostile = "#panic() $x$ *b* <i> \\ @ref // [a]"
    reader = PdfReader(BytesIO(single_badge_pdf(a_spec(name=hostile, name_ar=None), paper="sheet")))

    printed = " ".join(reader.pages[0].extract_text().split())

    assert hostile in printed.replace("\u200b", "")


def test_only_our_fonts_are_embedded() -> None:
    reader = PdfReader(BytesIO(badge_sheets_pdf([a_spec(seed) for seed in range(8)])))

    fonts = reader.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index] # pypdf's objects
    names = {font.get_object()["/BaseFont"].split("+")[1] for font in fonts}
    assert names == {"Vazirmatn-Regular", "Vazirmatn-Bold", "NotoSansTifinagh-Regular"}


def test_the_same_badges_give_the_same_bytes() -> None:
    specs = [a_spec(seed) for seed in range(3)]

    assert badge_sheets_pdf(specs) == badge_sheets_pdf(specs)
    assert single_badge_pdf(specs[0]) == single_badge_pdf(specs[0])


def test_progress_is_reported_per_sheet_and_ends_at_the_total() -> None:
    told: list[tuple[int, int]] = []

    badge_sheets_pdf([a_spec(s) for s in range(17)], progress=lambda *step: told.append(step))

    assert told == [(8, 17), (16, 17), (17, 17)]


def test_a_pdf_without_badges_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(BadgeError, match="choose at least one participant"):
        badge_sheets_pdf([])
