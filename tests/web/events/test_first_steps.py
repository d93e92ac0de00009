"""The first steps: done according to the data, and each may be skipped."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from badges.typesetting.category_looks import CategoryLook
from checkin.db.models import Message
from checkin.services.people.categories import CategoryDetails, new_category
from checkin.services.scanning.rehearsal import begin_rehearsal, end_rehearsal
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import NOW, write
from tests.web.network.test_server_address import opened_on_a_telephone

START = "/events/rabat-2025/start"
READY = "/events/rabat-2025/ready"


@pytest.fixture
def delegation():
    """None: the steps begin with nothing but the event."""


def next_of(browsing):
    return browsing.open(START).location.rpartition("/")[2]


def a_category_of_its_own(database, event):
    details = CategoryDetails("Élu", None, CategoryLook("#7a1f3d", "star"))
    write(database, lambda s: new_category(s, s.merge(event), details, operator_id=1, now=NOW))


def all_badges_left(database):
    write(database, lambda s: s.execute(update(Message).values(state="sent", handed_at=NOW)))


def rehearsed(database, event):
    write(database, lambda s: begin_rehearsal(s, s.merge(event), operator_id=1, now=NOW))
    write(database, lambda s: end_rehearsal(s, s.merge(event), operator_id=1, now=NOW))


def test_each_step_is_done_according_to_the_data(app, organiser, database, event):
    found = [next_of(organiser)]
    a_category_of_its_own(database, event)
    found.append(next_of(organiser))
    factories.a_delegation(database, event)
    found.append(next_of(organiser))
    factories.a_participant(database, event, email="amina@example.org")
    found.append(next_of(organiser))
    opened_on_a_telephone(app, organiser)
    found.append(next_of(organiser))
    all_badges_left(database)
    found.append(next_of(organiser))
    Api.enrolled(app, database, event, gate="Porte 1").read("/status")
    found.append(next_of(organiser))
    rehearsed(database, event)
    found.append(next_of(organiser))

    steps = ["categories", "delegations", "people", "address", "badges", "gate", "rehearsal"]
    assert found == [*steps, "ready"]
    assert organiser.read(READY).count('data-state="done"') == 8


def test_a_device_that_has_not_answered_yet_has_not_paired_its_gate(organiser, database, event):
    factories.a_new_device(database, event)

    page = organiser.read(f"{START}/gate")

    assert "n’a pas encore répondu" in page
    assert page.count('data-state="done"') == 1  # the event


def test_a_step_is_skipped_and_can_be_done_later(organiser, database, event):
    page = f"{START}/delegations"
    organiser.send(page, f"{START}/categories/skip")

    organiser.send(page, f"{page}/skip")
    after = next_of(organiser)
    skipped = organiser.read(page)
    factories.a_delegation(database, event)

    assert after == "people"
    assert skipped.count('data-state="skipped"') == 2
    assert organiser.read(page).count('data-state="skipped"') == 1


def test_a_pairing_code_is_shown_in_its_step_and_a_bad_gate_is_told(organiser, event):
    shown = organiser.send(f"{START}/gate", gate="Porte A")
    refused = organiser.send(f"{START}/gate", gate="")

    assert (shown.status_code, "pairing-code" in shown.text) == (201, True)
    assert (refused.status_code, 'id="gate-problem"' in refused.text) == (400, True)


def test_whoever_has_one_list_with_everything_uploads_it_at_any_of_the_first_steps(
    organiser, database, event
):
    link = 'href="/events/rabat-2025/import"'
    steps = ("categories", "delegations", "people")

    before = [organiser.read(f"{START}/{step}").count(link) for step in steps]
    factories.a_participant(database, event)

    assert before == [1, 1, 1]
    assert link not in organiser.read(f"{START}/categories")


def test_without_a_mail_server_the_step_of_the_badges_leads_to_its_page_and_back(
    organiser, database, event
):
    factories.a_participant(database, event, email="amina@example.org")
    page = organiser.read(f"{START}/badges")

    link = re.search(r'data-check="badges".*?href="(/mail/settings[^"]*)"', page, re.DOTALL)

    assert link is not None
    settings = organiser.read(link[1])
    assert f'href="{START}/badges"' in settings


def test_there_is_no_step_of_another_name(organiser, event):
    page = f"{START}/delegations"

    assert organiser.open(f"{START}/lunch").status_code == 404
    assert organiser.send(page, f"{START}/lunch/skip").status_code == 404


def test_the_sheet_leads_back_to_the_steps(organiser, event):
    page = f"{START}/delegations"
    sheet = "/events/rabat-2025/quotas/sheet"
    rows = {"row": "2", "name-2": "Rabat", "name_ar-2": "", "quota-2": "12", "do": "apply"}

    applied = organiser.send(page, f"{sheet}/check", then="start", **rows)

    assert applied.location == START


@pytest.mark.parametrize("page", [READY, f"{START}/rehearsal"])
def test_while_nobody_has_a_pin_the_steps_say_so(organiser, database, event, page):
    light = 'data-check="pins" data-light="look"'
    before = organiser.read(page)
    factories.a_supervisor(database)

    assert (light in before, 'href="/pins"' in before) == (True, True)
    assert light not in organiser.read(page)


def test_while_nobody_has_a_pin_the_page_of_devices_says_so(organiser, database, event):
    missing = "Aucun superviseur n’a encore de code PIN"
    before = organiser.read("/events/rabat-2025/devices")
    factories.a_supervisor(database)

    assert (missing in before, 'href="/pins"' in before) == (True, True)
    assert missing not in organiser.read("/events/rabat-2025/devices")
