"""Overrides at a gate: a supervisor is named by their PIN, or nobody is let in."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Operator, Scan
from checkin.services.accounts.operators import disable
from checkin.services.scanning import overrides
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.racing import race
from tests.web.api.scans.test_batch import offline

FORCE = {"force": True, "force_reason": "envoyé par le comité"}


@pytest.fixture
def reserve(database, event) -> str:
    """The code of someone on the reserve list."""
    full = factories.a_delegation(database, event, "Tiflet", quota=0)
    return factories.a_badge(database, event, delegation=full)


@pytest.fixture
def supervisor(database) -> int:
    """A supervisor whose PIN is 246810."""
    return factories.a_supervisor(database)


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


def test_until_somebody_has_a_pin_nobody_overrides_anything(api, database, reserve):
    replies = [forced(api, reserve), forced(api, reserve, supervisor_pin="246810")]

    assert [(one.status_code, one.json["error"]) for one in replies] == [(403, "no_pins")] * 2
    assert "an organiser makes supervisors' PINs" in replies[0].json["detail"]
    assert forced_scans(database) == []
    assert api.read("/status")["totals"]["arrived"] == 0


def test_devices_learn_whether_anybody_has_a_pin(api, database):
    before = api.read("/status")["device"]["overrides"]
    number = factories.a_supervisor(database)
    during = api.read("/status")["device"]["overrides"]
    factories.write(
        database,
        lambda s: disable(s, s.get_one(Operator, number), now=factories.NOW, by=None),
    )

    assert (before, during, api.read("/status")["device"]["overrides"]) == (False, True, False)


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


def test_a_person_admitted_by_override_without_a_place_uses_none(api, database, event, supervisor):
    small = factories.a_delegation(database, event, "Rommani", quota=1)
    confirmed = factories.a_badge(database, event, "Confirmé", delegation=small)
    waiting = factories.a_badge(database, event, "En attente", delegation=small)

    assert forced(api, waiting, supervisor_pin="246810").json["delegation"]["arrived"] == 1
    assert api.verdict(confirmed) == ("ok", None)


def test_a_supervisor_takes_back_another_devices_scan(app, database, event, api, supervisor):
    code = factories.a_badge(database, event)
    scan_id = api.scan(code)["scan_id"]
    other = type(api).enrolled(app, database, event, gate="Porte 2")

    assert other.annul(scan_id).status_code == 403
    assert other.annul(scan_id, supervisor_pin="246810").status_code == 200
    assert api.verdict(code) == ("ok", None)


def logged(database, action: str) -> list[Activity]:
    with database.read() as session:
        wanted = select(Activity).where(Activity.action == action).order_by(Activity.id)
        return list(session.scalars(wanted))


def test_an_override_is_logged_with_who_for_whom_and_where(api, database, reserve, supervisor):
    body = a_scan(reserve, **FORCE, supervisor_pin="246810")
    for _ in range(2):  # the answer was lost: the same scan again is logged once
        api.ask("POST", "/scans", json=body)

    [line] = logged(database, "scan.override")
    with database.read() as session:
        scan = session.scalars(select(Scan)).one()
    assert (line.operator_id, line.device_id) == (supervisor, api.device_id)
    assert line.participant_id == scan.participant_id
    assert line.details == {"gate": "Porte 1", "overridden": "unapproved"}
    assert scan.overridden == "unapproved"


def test_a_forced_scan_that_the_rules_allow_overrides_nothing(api, database, event, supervisor):
    reply = forced(api, factories.a_badge(database, event), supervisor_pin="246810")

    assert reply.json["status"] == "ok"
    assert logged(database, "scan.override") == []


def test_a_wrong_pin_is_logged_with_the_device_and_never_itself(api, database, reserve, supervisor):
    forced(api, reserve, supervisor_pin="135790")

    [line] = logged(database, "scan.pin_failed")
    assert (line.device_id, line.operator_id, line.participant_id) == (api.device_id, None, None)
    assert line.details == {"gate": "Porte 1"}


def test_a_flood_of_wrong_pins_writes_no_more_lines_than_are_looked_at(
    app, api, database, reserve, supervisor
):
    app.extensions[EXTENSION].limits.clock = lambda: factories.NOW  # all of it in one minute
    for number in range(40):
        forced(api, reserve, supervisor_pin=f"{number:06d}")
        api.batch(let_in(reserve, supervisor_pin=f"{number:06d}"))

    assert len(logged(database, "scan.pin_failed")) == 5


def let_in(code: str, **more: object) -> dict[str, object]:
    """Return a forced scan by which a gate let somebody in without the network."""
    return offline(code, **FORCE, **more)


@pytest.mark.parametrize("pin", [{}, {"supervisor_pin": "135790"}])
def test_an_uploaded_override_that_names_nobody_is_history_and_a_conflict(
    api, database, reserve, supervisor, pin
):
    scan = let_in(reserve, **pin)

    told = api.batch(scan)[scan["scan_id"]]

    assert (told["status"], told["reason"], told["conflict"]) == ("error", "unapproved", True)
    assert api.read("/status")["totals"]["arrived"] == 1
    assert forced_scans(database) == [("envoyé par le comité", None)]
    assert logged(database, "scan.override") == []


def test_an_uploaded_override_is_history_before_there_are_pins_too(api, database, reserve):
    scan = let_in(reserve)

    told = api.batch(scan)[scan["scan_id"]]

    assert (told["status"], told["conflict"]) == ("error", True)
    assert api.read("/status")["totals"]["arrived"] == 1


def test_an_uploaded_override_with_a_supervisors_pin_is_no_conflict(
    api, database, reserve, supervisor
):
    scan = let_in(reserve, supervisor_pin="246810")

    told = api.batch(scan)[scan["scan_id"]]

    assert (told["status"], told["conflict"]) == ("ok", False)
    assert forced_scans(database) == [("envoyé par le comité", supervisor)]


def test_a_device_that_guessed_pins_still_uploads_its_history(api, reserve, supervisor):
    for number in range(6):
        forced(api, reserve, supervisor_pin=f"00000{number}")

    scan = let_in(reserve, supervisor_pin="246810")

    assert api.batch(scan)[scan["scan_id"]]["conflict"] is True
