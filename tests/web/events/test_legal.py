"""The page of the legal documents: what is missing, and the pack with the receipt."""

from __future__ import annotations

import io

from pypdf import PdfReader

from checkin.services.lifecycle.purge import purge_event
from tests.support import factories
from tests.support.factories import NOW

LEGAL = "/events/rabat-2025/legal"


def pack(browsing) -> tuple[str, str]:
    """Return the text of the pack, and the name of its file."""
    answer = browsing.open(f"{LEGAL}/pack.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.split()), answer.headers["Content-Disposition"]


def test_the_pack_has_the_event_s_counts_and_no_participant_s_name(organiser, database, event):
    factories.a_participant(database, event, "Amina Alaoui", email="amina@example.org")

    text, name = pack(organiser)

    assert "Rencontre régionale" in text
    assert "Aucun : rien ne quitte ce serveur." in text
    assert "Amina" not in text
    assert "amina@example.org" not in text
    assert "rabat" not in name


def test_what_is_missing_is_on_the_page_and_leads_to_the_settings(organiser, event):
    page = organiser.read(LEGAL)

    assert "Numéro auprès de la CNDP" in page
    assert "/events/rabat-2025/settings#data" in page


def test_after_a_purge_the_pack_has_the_receipt(organiser, database, event, tmp_path):
    factories.a_participant(database, event)
    purge_event(database, event, tmp_path, now=NOW, early=True)

    text, _name = pack(organiser)

    assert "Données personnelles effacées le" in text
    assert "Participants" in text
