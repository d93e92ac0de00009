"""Two organisers correct the same person: the second sees what the first did, in Chromium."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Participant
from tests.support import factories

pytestmark = pytest.mark.browser


def told(database):
    with database.read() as session:
        person = session.scalars(select(Participant)).one()
        return person.phone, person.note


def test_whoever_saves_second_sees_the_other_s_change_and_saves_again_with_the_keyboard(
    organiser_page, server, database, event, delegation
):
    factories.a_participant(
        database, event, "Amina Alaoui", name_ar="أمينة العلوي", delegation=delegation
    )
    page = organiser_page
    page.goto(server.url + "/events/rabat-2025/participants/1/edit")
    with database.write() as session:
        person = session.scalars(select(Participant)).one()
        person.phone, person.note = "+212611111111", "fauteuil roulant"

    page.fill("#phone", "0622222222")
    page.press("#phone", "Enter")
    page.wait_for_selector('[role="alert"]')

    phone, note = page.locator("#phone"), page.locator("#note")
    assert (phone.input_value(), note.input_value()) == ("0622222222", "fauteuil roulant")
    for field in (phone, note):
        assert field.get_attribute("aria-invalid") == "true"
        said = page.locator("#" + (field.get_attribute("aria-describedby") or ""))
        assert "Quelqu’un d’autre vient d’écrire ici" in said.inner_text()
    assert told(database) == ("+212611111111", "fauteuil roulant")

    page.press("#phone", "Enter")
    page.wait_for_selector('.notice-ok[role="status"]')
    assert told(database) == ("+212622222222", "fauteuil roulant")
