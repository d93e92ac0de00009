"""The designs hold any name: nothing is clipped, overlaps, or enters the code's quiet zone."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from badges.cover import cover_of
from badges.look import Look
from badges.pdf import PER_SHEET, Design, badge_sheets_pdf, single_badge_pdf
from badges.spec import BadgeSpec
from tests.badges.boxes import CODES_MM, SIZES_MM, boxes_of, quiet_zone
from tests.badges.reading import code_box_px, codes_in, page_sizes_mm, pages
from tests.badges.specs import a_spec

DESIGNS: tuple[Design, ...] = get_args(Design)
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">'
    b'<rect width="40" height="30" fill="#a3262a"/></svg>'
)
LOGOS = [None, LOGO]

_WORDS = st.sampled_from(
    ["El", "Aït", "Bent", "Moulay", "M’daghri", "Œuvrard", "Ñuñez", "Benabdelkrim-Benchekroun"]
)
_ARABIC = st.sampled_from(
    ["بِنْتُ", "مُحَمَّدٌ", "عبد", "الله", "المستنصرين", "إدريس", "لآلئ", "قِسْطَنْطِينِيَّة"]
)
_TIFINAGH = st.sampled_from(["ⵜⵉⴼⵉⵏⴰⵖ", "ⴰⵣⵓⵍ", "ⴰⵎⴰⵣⵉⵖ"])
_NAME = (
    st.lists(st.one_of(_WORDS, _ARABIC, _TIFINAGH), min_size=1, max_size=12)
    .map(" ".join)
    .map(lambda text: text[:60].strip())
)
_ODD = st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=60)
_TEXTS = st.one_of(_NAME, _ODD)


def _spec(names: tuple[str, ...], language: str) -> BadgeSpec:
    name, name_ar, delegation, category, event = names
    return a_spec(
        name=name,
        name_ar=name_ar,
        delegation=delegation,
        delegation_ar=name_ar,
        category=category,
        event_name=event,
        language=language,
    )


@pytest.mark.parametrize("logo", LOGOS, ids=["plain", "logo"])
@pytest.mark.parametrize("design", DESIGNS)
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(names=st.tuples(*[_TEXTS] * 5), language=st.sampled_from(["fr", "ar"]))
@example(names=("W" * 60,) * 5, language="fr")
@example(names=("مُحَمَّدٌ " * 8,) * 5, language="ar")
@example(names=("ⵜ" * 60,) * 5, language="fr")
@example(names=("iiii " * 12, "مم " * 20, "Wm " * 20, "W. " * 20, "ⵜⵉ " * 20), language="ar")
def test_lines_fit_their_boxes_and_boxes_do_not_overlap(
    design: Design, logo: bytes | None, names: tuple[str, ...], language: str
) -> None:
    spec = _spec(tuple(name.strip() for name in names), language)

    boxes = boxes_of(spec, design, Look(logo=logo))

    width, height = SIZES_MM[design]
    outside = [
        box.name
        for box in boxes
        if box.taken_height > box.height + 0.01
        or min(box.left, box.top) < 3
        or box.left + box.width > width - 3
        or box.top + box.height > height - 3
    ]
    touching = [
        (one.name, other.name)
        for one, other in combinations([*boxes, quiet_zone(design)], 2)
        if one.overlaps(other)
    ]
    assert (outside, touching) == ([], [])
    assert len(boxes) >= 4


@pytest.mark.parametrize("design", DESIGNS)
@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(names=st.tuples(*[_TEXTS] * 5), language=st.sampled_from(["fr", "ar"]))
@example(names=("W" * 60,) * 5, language="fr")
@example(names=("مستنصر" * 10,) * 5, language="ar")
def test_ink_lies_only_where_boxes_and_code_are(
    design: Design, names: tuple[str, ...], language: str
) -> None:
    spec = _spec(tuple(name.strip() for name in names), language)
    image = pages(single_badge_pdf(spec, paper=design), dpi=127)[0]
    ink = np.array(image.convert("L")) < 200

    for box in [*boxes_of(spec, design), quiet_zone(design)]:
        # A mark on a letter or a long tail may leave the line by half a millimetre.
        left, top = int(5 * (box.left - 0.6)), int(5 * (box.top - 0.6))
        ink[
            max(0, top) : int(5 * (box.top + box.height + 0.6)) + 1,
            max(0, left) : int(5 * (box.left + box.width + 0.6)) + 1,
        ] = False
    _forget_fixed_parts(ink, design)

    assert not ink.any()
    assert codes_in(image) == [spec.code]


def _forget_fixed_parts(ink: np.ndarray, design: Design) -> None:
    """Take out the category's band, the number and the letters of the code."""
    fixed = {
        "sheet": [(5, 54.5, 100, 20)],
        "a6": [(6, 6.5, 93, 13), (6, 138.5, 93, 6)],
        "card": [(2.8, 2.8, 30.6, 8.4), (2.5, 44.5, 31.2, 8)],
    }[design]
    for left, top, width, height in fixed:
        ink[int(5 * top) : int(5 * (top + height)), int(5 * left) : int(5 * (left + width))] = False


@pytest.mark.parametrize("design", DESIGNS)
def test_the_code_is_printed_in_its_place_forty_millimetres_wide_or_more(design: Design) -> None:
    card = pages(single_badge_pdf(a_spec(), paper=design), dpi=254)[0]

    left, top, right, bottom = (edge / 10 for edge in code_box_px(card))

    want_left, want_top, want = CODES_MM[design]
    assert want >= 40
    assert (left, top, right - left, bottom - top) == pytest.approx(
        (want_left, want_top, want, want), abs=0.4
    )


@pytest.mark.parametrize("logo", LOGOS, ids=["plain", "logo"])
@pytest.mark.parametrize("design", DESIGNS)
def test_every_code_of_the_sheets_reads_back_in_order(design: Design, logo: bytes | None) -> None:
    specs = [a_spec(seed) for seed in range(2 * PER_SHEET[design] + 1)]

    pdf = badge_sheets_pdf(specs, design=design, look=Look(logo=logo))

    assert page_sizes_mm(pdf) == [(210.0, 297.0)] * 3
    assert [code for page in pages(pdf) for code in codes_in(page)] == [it.code for it in specs]


@pytest.mark.proof
@pytest.mark.parametrize("design", DESIGNS)
def test_every_code_of_a_thousand_badges_reads_back(design: Design) -> None:
    specs = [a_spec(seed) for seed in range(1000)]

    pdf = badge_sheets_pdf(specs, design=design, cover=cover_of(specs))

    cover, *sheets = pages(pdf)
    assert codes_in(cover) == []
    assert [code for page in sheets for code in codes_in(page)] == [it.code for it in specs]
    assert len(pdf) < 2_000_000


@pytest.mark.parametrize(("design", "size"), list(SIZES_MM.items()))
def test_a_single_badge_has_a_page_of_its_own_size(
    design: Design, size: tuple[float, float]
) -> None:
    (found,) = page_sizes_mm(single_badge_pdf(a_spec(), paper=design))

    assert found == pytest.approx(size, abs=0.1)


def test_a_logo_is_drawn_and_takes_no_room_from_the_code() -> None:
    plain, with_logo = (
        pages(single_badge_pdf(a_spec(), paper="a6", look=Look(logo=logo)))[0] for logo in LOGOS
    )

    _, top, _, bottom = ImageChops.difference(plain, with_logo).getbbox() or (0, 0, 0, 0)
    assert with_logo.getpixel((int(16 * 150 / 25.4), int(28 * 150 / 25.4))) == (163, 38, 42)
    # Between the band and the names, 19 to 32.5 mm from the top.
    assert (top >= 18 * 150 / 25.4, bottom <= 33.5 * 150 / 25.4) == (True, True)
