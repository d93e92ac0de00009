"""The page that says whether an event is ready."""

from __future__ import annotations

import os
import re

import pytest

from tests.support import factories
from tests.support.api_client import Api
from tests.web.events.test_first_steps import READY, all_badges_left, rehearsed
from tests.web.network.test_server_address import opened_on_a_telephone

_LIGHT = re.compile(r'data-check="(\w+)" data-light="(\w+)"')
#: the French words for the whole event
READY_WORD, NEARLY, NOT_YET = (
    "<b>✓ C’est prêt</b>",
    "<b>▲ Presque prêt</b>",
    "<b>✗ Pas encore prêt</b>",
)


@pytest.fixture
def delegation():
    """None: there is nothing but the event."""


def lights(page):
    return dict(_LIGHT.findall(page))


def a_backup(settings, *, days_old):
    folder = settings.home / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "newest.dump").write_bytes(b"backup")
    then = (folder / "newest.dump").stat().st_mtime - days_old * 86_400
    os.utime(folder / "newest.dump", (then, then))


def test_nothing_is_ready_while_nobody_is_registered(organiser, event):
    page = organiser.read(READY)

    assert (NOT_YET in page, READY_WORD in page) == (True, False)
    assert lights(page)["people"] == "act"


def test_each_check_turns_good_when_it_is_done(app, organiser, database, event, settings):
    before = lights(organiser.read(READY))
    factories.a_participant(database, event, email="amina@example.org")
    waits = lights(organiser.read(READY))
    all_badges_left(database)
    opened_on_a_telephone(app, organiser)
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    gate.read("/gate-list")
    rehearsed(database, event)
    factories.a_supervisor(database)
    a_backup(settings, days_old=0)

    after = organiser.read(READY)

    assert before == {
        "people": "act",
        "contacts": "look",
        "address": "look",
        "badges": "act",
        "gates": "act",
        "lists": "look",
        "rehearsal": "look",
        "pins": "look",
        "backup": "look",
    }
    assert (waits["people"], waits["badges"]) == ("good", "act")
    # The tests' server has no mail server: its e-mails become files.
    assert {check: light for check, light in lights(after).items() if light != "good"} == {
        "badges": "look"
    }
    assert NEARLY in after


def test_whoever_has_neither_address_nor_telephone_is_counted(organiser, database, event):
    factories.a_participant(database, event, "Amina Alaoui", phone="+212600000001")
    factories.a_participant(database, event, "Karim Idrissi")

    page = organiser.read(READY)

    assert lights(page)["contacts"] == "look"
    assert "Sans e-mail ni téléphone : 1" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_backup_older_than_a_day_is_to_be_looked_at(organiser, event, settings):
    a_backup(settings, days_old=2)

    assert lights(organiser.read(READY))["backup"] == "look"


def test_a_gate_without_a_device_is_named(app, organiser, database, event):
    Api.enrolled(app, database, event, gate="Porte 1").read("/status")
    organiser.send("/events/rabat-2025/devices", "/events/rabat-2025/gates", name="Porte 7")

    page = organiser.read(READY)

    assert lights(page)["gates"] == "look"
    assert "Porte 7" in page
