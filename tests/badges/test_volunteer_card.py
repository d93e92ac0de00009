import io
from pathlib import Path

import pypdf

from badges.volunteer_card import volunteer_card_pdf

PRINTED = Path(__file__).resolve().parents[2] / "docs" / "volunteer-card.pdf"


def test_the_volunteer_card_is_one_a4_page_in_both_scripts():
    reader = pypdf.PdfReader(io.BytesIO(volunteer_card_pdf()))
    (page,) = reader.pages
    text = page.extract_text()

    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert all(word in text for word in ("VERT", "ORANGE", "ROUGE", "BLEU", "Espace"))
    assert any("\u0600" <= letter <= "\ufeff" for letter in text)


def test_the_committed_volunteer_card_equals_the_generated_one():
    assert PRINTED.read_bytes() == volunteer_card_pdf()
