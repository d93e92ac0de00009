"""A kiosk does what a visitor may do, until a supervisor's PIN ends it, and calls for help."""

from __future__ import annotations

import pytest

from checkin.db.models import Role
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.support.factories import PIN

BOARD = "/events/rabat-2025/board"


@pytest.fixture
def kiosk(app, database, event):
    api = Api.enrolled(app, database, event, gate="Porte 1")
    factories.a_supervisor(database)
    turned(api, on=True)
    return api


def turned(api, **body):
    return api.ask("POST", "/kiosk", json=body)


def refused(answer):
    return answer.status_code, answer.json["error"]


def test_a_kiosk_admits_and_does_nothing_that_only_a_volunteer_may(kiosk, database, event):
    code = factories.a_badge(database, event)
    delegation = factories.a_delegation(database, event)

    admitted = kiosk.scan(code)

    assert admitted["status"] == "ok"
    newcomer = {"name": "Omar Idrissi", "delegation_id": delegation.id}
    forced = a_scan(code, force=True, force_reason="connu", supervisor_pin=PIN)
    annulled = kiosk.ask("POST", f"/scans/{admitted['scan_id']}/annul", json={"reason": "erreur"})
    assert [
        refused(kiosk.ask("GET", "/participants?q=amina")),
        refused(kiosk.ask("POST", "/participants/search", json={"q": "amina"})),
        refused(kiosk.ask("POST", "/participants", json=newcomer)),
        refused(kiosk.ask("POST", "/scans", json=forced)),
        refused(annulled),
        refused(kiosk.ask("POST", "/scans", json=a_scan(code, type="exit"))),
    ] == [(403, "kiosk")] * 6


def test_only_a_supervisor_s_pin_ends_it(kiosk):
    told = [turned(kiosk, on=False), turned(kiosk, on=False, supervisor_pin="000000")]

    assert [refused(one) for one in told] == [(403, "forbidden")] * 2
    assert kiosk.read("/status")["device"]["kiosk"] is True
    assert turned(kiosk, on=False, supervisor_pin=PIN).json["kiosk_since"] is None
    assert kiosk.read("/status")["device"]["kiosk"] is False
    assert kiosk.ask("GET", "/participants?q=amina").status_code == 200


def test_its_call_is_on_the_board_until_somebody_goes_there(kiosk, signed_in):
    supervisor, viewer = signed_in(Role.SUPERVISOR), signed_in(Role.VIEWER)
    called = kiosk.ask("POST", "/help", json={}).json

    assert kiosk.read("/status")["device"]["help"] == {
        "called_at": called["called_at"],
        "taken_at": None,
    }
    [call] = supervisor.open(f"{BOARD}/counts").json["help_calls"]
    assert (call["gate"], call["since"]) == ("Porte 1", called["called_at"])
    assert "J’y vais" in supervisor.read(BOARD)
    assert "J’y vais" not in viewer.read(BOARD)

    taken = supervisor.send(BOARD, f"/events/rabat-2025/help/{call['id']}")

    assert taken.status_code == 303
    assert supervisor.open(f"{BOARD}/counts").json["help_calls"] == []
    assert kiosk.read("/status")["device"]["help"]["taken_at"] is not None
