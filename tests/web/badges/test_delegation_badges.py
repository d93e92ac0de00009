"""A delegation's badges: the sheets, and the people without an address."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from checkin.db.models import Activity
from checkin.services.badges.issue import revoke_badge
from checkin.services.badges.page import page_address
from checkin.services.badges.specs import badge_specs
from checkin.worker.work.badge_pictures import picture_name
from tests.badges.reading import codes_in
from tests.support import factories
from tests.support.factories import BASE_URL, KEYS, NOW, code_of, write
from tests.web.browsing import follow


@pytest.fixture
def page(delegation):
    return f"/events/rabat-2025/delegations/{delegation.id}/badges"


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(
        database, event, "Amina Alaoui", delegation=delegation, phone="+212612345678"
    )


def test_who_has_no_address_is_listed_with_links_that_carry_their_own_badge(
    coordinator, database, event, delegation, page, amina
):
    factories.a_participant(
        database, event, "Bahia Idrissi", delegation=delegation, email="b@example.org"
    )

    shown = coordinator.read(page)

    address = page_address(KEYS, BASE_URL, amina.badge_id)
    [whatsapp] = re.findall(r'href="(https://wa\.me/[^"]+)"', shown)
    [sms] = re.findall(r'href="(sms:[^"]+)"', shown)
    assert urlsplit(whatsapp).path == "/212612345678"
    assert address in parse_qs(urlsplit(whatsapp).query)["text"][0]
    assert sms.startswith("sms:+212612345678?body=")
    assert ("Amina Alaoui" in shown, "Bahia Idrissi" in shown) == (True, False)
    assert "Bahia Idrissi" in coordinator.read(page + "?show=all")


def test_a_revoked_badge_has_no_link(coordinator, database, event, page, amina):
    write(
        database,
        lambda s: revoke_badge(s, event, amina.participant_id, reason="lost", now=NOW),
    )

    assert "wa.me" not in coordinator.read(page)


def test_the_sheets_hold_the_delegations_own_badges_and_are_written_down(
    coordinator, database, event, page, amina
):
    other = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Zineb Tazi", delegation=other)

    response = follow(coordinator, coordinator.send(page, page + ".pdf", design="card"))

    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(response.data)).pages)
    with database.read() as session:
        [line] = session.scalars(select(Activity).where(Activity.action == "badges.sheets")).all()
    assert response.mimetype == "application/pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert ("Amina Alaoui" in text, "Zineb" in text) == (True, False)
    assert line.details["badges"] == 1
    assert line.operator_id is not None


def test_without_anybody_there_is_no_form_and_a_form_that_is_sent_has_no_sheet(coordinator, page):
    answer = follow(coordinator, coordinator.send("/account", page + ".pdf", design="card"))

    assert "Personne n’est encore confirmé" in answer.text
    assert "wa.me" not in coordinator.read(page)
    assert 'name="design"' not in coordinator.read(page)


def test_the_pictures_are_named_by_person_and_are_written_down(
    coordinator, database, event, page, amina
):
    other = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Zineb Tazi", delegation=other)

    response = follow(coordinator, coordinator.send(page, page + ".zip"))

    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.namelist() == [f"Amina Alaoui {amina.participant_id}.png"]
        picture = Image.open(io.BytesIO(archive.read(archive.namelist()[0])))
    assert codes_in(picture) == [code_of(event, amina.badge_id)]
    assert response.mimetype == "application/zip"
    with database.read() as session:
        noted = Activity.action == "badges.pictures"
        [line] = session.scalars(select(Activity).where(noted)).all()
    assert line.details["badges"] == 1


def test_two_people_of_one_name_have_two_pictures_and_a_name_makes_no_path(database, event):
    people = [
        factories.a_participant(database, event, "Ali ../ <B>", allow_duplicate=True)
        for _ in range(2)
    ]

    with database.read() as session:
        specs = badge_specs(session, event, KEYS)

    assert [picture_name(one) for one in specs] == [
        f"Ali .. B {one.participant_id}.png" for one in people
    ]


def test_without_anybody_there_are_no_pictures(coordinator, page):
    answer = follow(coordinator, coordinator.send("/account", page + ".zip"))

    assert "Personne n’est encore confirmé" in answer.text


def test_an_old_link_to_the_sheets_leads_to_the_form(coordinator, page, amina):
    answer = coordinator.open(page + ".pdf?design=card")

    assert (answer.status_code, answer.location) == (303, page)
    assert 'name="design"' in coordinator.read(page)


def test_an_unknown_design_is_refused(coordinator, page, amina):
    assert coordinator.send(page, page + ".pdf", design="poster").status_code == 400


def test_another_delegations_badges_are_not_there(coordinator, database, event):
    other = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Zineb Tazi", delegation=other)
    theirs = f"/events/rabat-2025/delegations/{other.id}/badges"

    assert [coordinator.open(theirs + more).status_code for more in ("", ".pdf")] == [404, 404]
