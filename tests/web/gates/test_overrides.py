"""Whom supervisors let in: on the board, on a page of its own, in the report and in the log."""

from __future__ import annotations

import json

import pytest

from checkin.db.models import Role
from tests.support import factories
from tests.support.api_client import Api, a_scan

OVERRIDES = "/events/rabat-2025/overrides"
BOARD = "/events/rabat-2025/board"


@pytest.fixture
def let_in(app, database, event):
    """Amina, of a delegation without places, whom a supervisor let in at the first gate."""
    full = factories.a_delegation(database, event, "Tiflet", quota=0)
    factories.a_supervisor(database)
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    code = factories.a_badge(database, event, "Amina Alaoui", delegation=full)
    forced = {"force": True, "force_reason": "envoyée par le comité", "supervisor_pin": "246810"}
    assert gate.verdict(code, **forced) == ("ok", None)
    return gate


def test_the_page_tells_who_whom_why_and_where(organiser, let_in):
    page = organiser.read(OVERRIDES)

    shown = ("Amina Alaoui", "Superviseure", "envoyée par le comité", "Porte 1", "Tiflet")
    assert [text in page for text in shown] == [True] * 5
    assert "/participants/1" in page
    assert "دخول باستثناء" in organiser.read(f"{BOARD}?lang=ar")


def test_without_any_the_page_says_so_and_the_board_nothing(organiser, event):
    assert "Personne n’est entré par dérogation" in organiser.read(OVERRIDES)
    assert 'id="overridden" hidden' in organiser.read(BOARD)


def test_the_board_counts_the_people_and_leads_to_them(organiser, let_in):
    page = organiser.read(BOARD)

    assert "Entrées par dérogation\u00a0: 1" in page
    assert f'href="{OVERRIDES}"' in page
    assert json.loads(organiser.read(f"{BOARD}/counts"))["overridden"] == 1


def test_who_may_see_no_names_sees_the_count_alone(signed_in, let_in):
    viewer = signed_in(Role.VIEWER)

    pages = [viewer.read(BOARD), viewer.read(f"{BOARD}/report")]

    assert ["Entrées par dérogation\u00a0: 1" in page for page in pages] == [True, True]
    assert [text in page for page in pages for text in ("Amina", OVERRIDES)] == [False] * 4


def test_an_organisers_report_names_them(organiser, let_in):
    report = organiser.read(f"{BOARD}/report")

    assert [text in report for text in ("Amina Alaoui", "envoyée par le comité")] == [True, True]


def test_the_activity_log_tells_overrides_and_wrong_pins(organiser, let_in, database, event):
    wrong = a_scan(factories.a_badge(database, event, "Driss Tazi"), force=True, force_reason="x")
    let_in.ask("POST", "/scans", json=wrong | {"supervisor_pin": "135790"})

    page = organiser.read("/activity?kind=scan")

    assert [text in page for text in ("entrée accordée par dérogation", "code PIN faux")] == [
        True,
        True,
    ]
    assert "135790" not in page
    assert "Amina" not in page
