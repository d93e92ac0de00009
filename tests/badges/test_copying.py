"""Text copied from the PDFs: Arabic words are complete except for ligatures."""

from __future__ import annotations

import re
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from badges.pdf import badge_sheets_pdf, single_badge_pdf
from checkin.services.lifecycle.demo_names import FAMILY_NAMES, GIVEN_NAMES
from tests.badges.specs import a_spec

NAMES = sorted(
    {
        f"{GIVEN_NAMES[at % len(GIVEN_NAMES)][1]} {FAMILY_NAMES[at * 7 % len(FAMILY_NAMES)][1]}"
        for at in range(200)
    }
)
#: what Vazirmatn draws as one: viewers give such letters back in the order of the page
_DRAWN_AS_ONE = re.compile("الله|ل[اأإآ]")


def copied(pdf: bytes) -> str:
    """Return what a viewer of the Chromium family copies, on one line."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(p.get_textpage().get_text_range() for p in document).split())
    finally:
        document.close()


def as_copied(name: str) -> str:
    return _DRAWN_AS_ONE.sub(lambda letters: letters[0][::-1], name)


def test_arabic_names_are_copied_from_a_pdf_in_order_except_for_ligatures() -> None:
    specs = [a_spec(at, name=f"N {at}", name_ar=name) for at, name in enumerate(NAMES)]

    text = copied(badge_sheets_pdf(specs))

    assert [name for name in NAMES if as_copied(name) not in text] == []
    assert sum(name in text for name in NAMES) > 0.9 * len(NAMES)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_letter_of_a_name_with_marks_is_in_the_pdf_text(language) -> None:
    name = "حَسَنُ أَزَرْوَالُ"
    pdf = single_badge_pdf(a_spec(name_ar=name, language=language), paper="sheet")

    text = copied(pdf)

    assert [letter for letter in name if letter not in text] == []


def test_latin_and_tifinagh_names_and_the_code_are_copied_completely() -> None:
    spec = a_spec(3, language="fr")

    text = PdfReader(BytesIO(single_badge_pdf(spec, paper="sheet"))).pages[0].extract_text()

    assert [word for word in (spec.name, spec.grouped_code, spec.number) if word not in text] == []
