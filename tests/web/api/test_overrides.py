"""Overrides at a gate: without PINs the device answers, with PINs a named supervisor."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from checkin.db.models import Role, Scan
from checkin.services.accounts.operators import add_operator
from checkin.services.accounts.pins import set_pin
from checkin.services.scanning import overrides
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.racing import race

FORCE = {"force": True, "force_reason": "envoyé par le comité"}


@pytest.fixture
def reserve(database, event) -> str:
    """The code of someone on the reserve list."""
    full = factories.a_delegation(database, event, "Tiflet", quota=0)
    return factories.a_badge(database, event, delegation=full)


@pytest.fixture
def supervisor(database) -> int:
    """A supervisor whose PIN is 246810."""

    def work(session) -> int:
        operator = add_operator(
            session,
            email="supervision@example.org",
            name="Superviseure",
            role=Role.SUPERVISOR,
            now=factories.NOW,
        ).operator
        set_pin(session, operator, "246810", now=factories.NOW)
        return operator.id

    return factories.write(database, work)


def forced(api, code: str, **more: object):
    return api.ask("POST", "/scans", json=a_scan(code, **FORCE, **more))


def forced_scans(database) -> list[tuple[str | None, int | None]]:
    with database.read() as session:
        rows = session.execute(select(Scan.force_reason, Scan.forced_by).order_by(Scan.id))
        return [tuple(row) for row in rows]


def test_an_override_without_a_reason_is_refused(api, reserve):
    reply = api.ask("POST", "/scans", json=a_scan(reserve, force=True))

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")
    assert "say why" in reply.json["detail"]


def test_before_there_are_pins_the_device_answers_for_an_override(api, database, reserve):
    reply = forced(api, reserve)

    assert (reply.status_code, reply.json["status"]) == (200, "ok")
    assert forced_scans(database) == [("envoyé par le comité", None)]


def test_with_pins_an_override_names_the_supervisor(api, database, reserve, supervisor):
    without, wrong = forced(api, reserve), forced(api, reserve, supervisor_pin="000000")
    right = forced(api, reserve, supervisor_pin="246810")

    assert (without.status_code, wrong.status_code) == (403, 403)
    assert "needs a supervisor's PIN" in without.json["detail"]
    assert (right.status_code, right.json["status"]) == (200, "ok")
    assert forced_scans(database) == [("envoyé par le comité", supervisor)]


def test_guessing_pins_is_stopped_even_for_the_right_one(api, reserve, supervisor):
    guesses = [forced(api, reserve, supervisor_pin=f"00000{n}").status_code for n in range(6)]
    right = forced(api, reserve, supervisor_pin="246810")

    assert guesses == [403] * 5 + [429]
    assert right.status_code == 429


def test_of_a_hundred_concurrent_pins_five_are_checked(app, api, reserve, supervisor, monkeypatch):
    looked_at, matches = [], overrides.secret_matches
    monkeypatch.setattr(
        overrides,
        "secret_matches",
        lambda stored, pin: looked_at.append(pin) or matches(stored, pin),
    )

    def guess(at: int) -> int:
        sender = type(api)(app, api.token, api.device_id)
        return forced(sender, reserve, supervisor_pin=f"{at:06d}").status_code

    answers = race(100, guess)

    assert Counter(answers) == {403: 5, 429: 95}
    assert len(looked_at) == 5


def test_a_device_that_guesses_keeps_no_other_from_its_pin(
    app, api, database, event, reserve, supervisor
):
    for number in range(6):
        forced(api, reserve, supervisor_pin=f"00000{number}")
    other = type(api).enrolled(app, database, event, gate="Porte 2")

    assert forced(other, reserve, supervisor_pin="246810").status_code == 200


def test_right_pins_do_not_count_against_the_limit(api, database, event, supervisor):
    full = factories.a_delegation(database, event, "Tiflet", quota=0)
    codes = factories.badges(database, event, 8, delegation=full)

    answers = [forced(api, code, supervisor_pin="246810").status_code for code in codes]

    assert answers == [200] * 8


def test_whoever_guesses_pins_is_told_how_long_to_wait_and_scans_on(
    api, database, event, reserve, supervisor
):
    for number in range(5):
        forced(api, reserve, supervisor_pin=f"00000{number}")

    refused = forced(api, reserve, supervisor_pin="246810")

    assert refused.json["detail"] == "too many wrong PINs: wait a minute"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert api.verdict(factories.a_badge(database, event)) == ("ok", None)


def test_a_person_admitted_by_override_without_a_place_uses_none(api, database, event):
    small = factories.a_delegation(database, event, "Rommani", quota=1)
    confirmed = factories.a_badge(database, event, "Confirmé", delegation=small)
    waiting = factories.a_badge(database, event, "En attente", delegation=small)

    assert forced(api, waiting).json["delegation"]["arrived"] == 1
    assert api.verdict(confirmed) == ("ok", None)


def test_a_supervisor_takes_back_another_devices_scan(app, database, event, api, supervisor):
    code = factories.a_badge(database, event)
    scan_id = api.scan(code)["scan_id"]
    other = type(api).enrolled(app, database, event, gate="Porte 2")

    assert other.annul(scan_id).status_code == 403
    assert other.annul(scan_id, supervisor_pin="246810").status_code == 200
    assert api.verdict(code) == ("ok", None)
