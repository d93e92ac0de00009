"""The legal pack on paper: both languages, every fact, nothing that is not known, nothing cut."""

from __future__ import annotations

import io
import string
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import cache

import pypdfium2  # type: ignore[import-untyped] # it ships no types
import pytest
from pypdf import PdfReader

from badges.legal import sentences
from badges.legal.facts import AgreedText, Both, Count, Erasure, Informed, LegalFacts
from badges.legal.pack import legal_pack_pdf
from tests.badges.reading import inked_box, pages

CLOCK = timezone(timedelta(hours=1))
NOTICE = Both(
    "Le Bureau régional utilise votre nom pour cet événement : écrivez à droits@example.org.",
    "يستعمل المكتب الجهوي اسمكم لهذا الحدث: اكتبوا إلى droits@example.org.",
)
FACTS = LegalFacts(
    event=Both("Rencontre régionale", "اللقاء الجهوي"),
    venue=Both("Complexe Ibn Rochd", "مركب ابن رشد"),
    starts_at=datetime(2025, 6, 14, 15, tzinfo=CLOCK),
    ends_at=datetime(2025, 6, 14, 19, tzinfo=CLOCK),
    erased_by=datetime(2025, 7, 14, 19, tzinfo=CLOCK),
    printed_at=datetime(2025, 6, 1, 9, tzinfo=CLOCK),
    retention_days=30,
    organiser="Le Bureau régional",
    address="12, avenue Mohammed V, Rabat",
    contact="droits@example.org",
    cndp_number="A-123/2025",
    is_sensitive=True,
    missing=(),
    notice=NOTICE,
    agreed_texts=(AgreedText("ar", "نص قديم", datetime(2025, 5, 14, tzinfo=CLOCK), 17),),
    informed=Informed(people=1200, agreed=17, mailed=905, neither=283),
    applications=4,
    categories=(Count(Both("Élu", "منتخب"), 201), Count(Both("Militant", "مناضل"), 999)),
    fields=(Count(Both("Téléphone", "الهاتف"), 1101),),
    passages=(("scans", 1077), ("openings", 0)),
    sources=(("link", 18), ("import", 1182)),
    roles=(("organiser", 2), ("coordinator", 15), ("device", 8)),
    recipients=(("mail", "mail.example.org"),),
    erasure=None,
)
ERASURE = Erasure(
    datetime(2025, 7, 1, 10, tzinfo=CLOCK), (Count(Both("Participants", "المشاركون"), 1234),), 3
)


@cache
def texts(facts: LegalFacts) -> list[str]:
    """Return the text of each page, without the line breaks of the page."""
    reader = PdfReader(io.BytesIO(legal_pack_pdf(facts)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def letters(text: str) -> str:
    """Return the letters alone, in the forms that they have when they stand apart."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalpha())


@pytest.fixture(scope="module")
def text() -> str:
    return " ".join(texts(FACTS))


def test_it_says_who_answers_what_is_kept_how_long_and_who_agreed(text):
    for said in (
        *("Le Bureau régional", "12, avenue Mohammed V, Rabat", "droits@example.org"),
        *("A-123/2025", "samedi 14 juin 2025 à 15:00", "14 juillet 2025", "mail.example.org"),
        *("201", "999", "1200", "1101", "1077", "1182", "17", "905", "283"),
    ):
        assert said in text


def test_every_line_stands_there_in_both_languages(text):
    found = letters(text)

    for fr, ar in (
        ("Registre : fiche du traitement", "السجل"),
        ("Qui voit quoi", "النشطة"),
        ("Information et consentement", "والرضا"),
        ("Vos données personnelles", "الشخصية"),
        ("projet de demande d’autorisation préalable", "مسبق"),
        ("Attestation d’effacement", "شهادة"),
    ):
        assert letters(fr) in found
        # Arabic comes out of a PDF in the order in which it is drawn, or in that of reading.
        assert letters(ar) in found or letters(ar)[::-1] in found


def test_what_is_unknown_is_a_line_to_fill_in_and_is_listed_on_the_first_page():
    lacking = replace(FACTS, cndp_number="", address="", missing=("organiser_address",))

    first = texts(lacking)[0]

    assert "son adresse postale" in first
    assert first.count("……") >= 4
    assert "Rien ne manque" in texts(FACTS)[0]


def test_only_a_sensitive_event_asks_for_an_authorisation(text):
    plain = " ".join(texts(replace(FACTS, is_sensitive=False)))

    assert "données sensibles" in text
    assert "demande d’autorisation" in text
    assert "données sensibles" not in plain
    assert "projet de déclaration" in plain


def test_after_the_purge_it_holds_the_receipt_and_counts_nobody_any_more():
    purged = " ".join(texts(replace(FACTS, erasure=ERASURE)))

    assert "1234" in purged
    assert "mardi 1 juillet 2025 à 10:00" in purged
    assert "demande d’autorisation" not in purged
    assert "1101" not in purged
    assert "905" not in purged


def test_the_notice_for_the_gates_has_a_page_of_its_own():
    [page] = [one for one in texts(FACTS) if "CNDP : n° A-123/2025" in one]

    assert "Le Bureau régional utilise votre nom" in page
    assert "1200" not in page


def test_the_longest_notice_for_the_gates_fits_into_its_half_of_the_page():
    longest = NOTICE.fr + " suite du texte" * 133 + " ENFIN"
    facts = replace(FACTS, notice=Both(longest, longest))
    [number] = [at for at, one in enumerate(texts(facts)) if "n° A-123/2025" in one]

    document = pypdfium2.PdfDocument(legal_pack_pdf(facts))
    found = document[number].get_textpage()
    text = found.get_text_range()
    heights = [found.get_charbox(at)[1] for at in range(len(text)) if text[at:].startswith("ENFIN")]
    middle = document[number].get_height() / 2
    document.close()

    assert len(heights) == 2
    assert heights[0] > middle > heights[1] > 0


def test_nothing_touches_the_edge_of_the_paper():
    long = "Fédération nationale des conseillers communaux et provinciaux " * 3
    facts = replace(FACTS, organiser=long, event=Both(long, "اللقاء الجهوي " * 12), erasure=ERASURE)

    for page in pages(legal_pack_pdf(facts), dpi=40):
        left, _top, right, _bottom = inked_box(page)
        assert left >= 14 / 25.4 * 40
        assert right <= (210 - 14) / 25.4 * 40


def test_arabic_is_joined_and_stands_at_the_right():
    document = pypdfium2.PdfDocument(legal_pack_pdf(FACTS))
    page = document[0]
    found = page.get_textpage()
    rights = {
        found.get_text_range(at, 1): found.get_charbox(at)[0]
        for at in range(found.count_chars())
        if "ARABIC" in unicodedata.name(found.get_text_range(at, 1) or " ", "")
    }

    assert rights
    assert min(rights.values()) > page.get_width() / 2 - 20
    document.close()


def test_the_same_facts_give_the_same_bytes():
    assert legal_pack_pdf(FACTS) == legal_pack_pdf(FACTS)


def test_typed_text_is_never_run_as_markup():
    typed = {"organiser": '#import "x"', "address": "$ x $", "contact": "*bold* _it_ @ref"}

    first = texts(replace(FACTS, **typed, cndp_number="{days}"))[0]

    assert all(words in first for words in (*typed.values(), "{days}"))


def test_both_languages_of_a_sentence_have_the_same_placeholders():
    tables = (value for value in vars(sentences).values() if isinstance(value, dict))
    single = [value for value in vars(sentences).values() if isinstance(value, Both)]
    named = [one for table in tables for one in table.values() if isinstance(one, Both)]

    for one in (*single, *named):
        assert _names(one.fr) == _names(one.ar)


def _names(sentence: str) -> set[str | None]:
    return {name for _text, name, _form, _conversion in string.Formatter().parse(sentence) if name}
