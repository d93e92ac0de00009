"""Uploads of offline decisions: never refused, and contradictions are reported."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from checkin.db.models import Admission, Conflict, Device, Scan
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.api_client import Api, a_scan, text_of

OK = {"status": "ok", "reason": None}


def offline(code, *, minutes_ago=10.0, decided=None, **more):
    """Return a scan that a device decided by itself some minutes ago."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return a_scan(code, scanned_at=text_of(at), decided=decided or OK, **more)


def result(scan, **more):
    plain = {"scan_id": scan["scan_id"], "conflict": False, "replayed": False, "error": None}
    return plain | OK | more


def conflicts(database):
    with database.read() as session:
        return [row.reason for row in session.scalars(select(Conflict).order_by(Conflict.id))]


def test_what_the_rules_allow_is_admitted(api, database, event):
    scans = [offline(code) for code in factories.badges(database, event, 60)]
    random.Random(1).shuffle(scans)

    results = api.batch(*scans)

    assert results == {scan["scan_id"]: result(scan) for scan in scans}
    assert api.read("/status")["totals"]["arrived"] == 60


def test_an_empty_batch_is_a_greeting(api):
    assert api.batch() == {}


def test_a_batch_of_more_than_500_is_refused_whole(api, database):
    body = {
        "device_time": text_of(datetime.now(UTC)),
        "scans": [offline("HELLO") for _ in range(501)],
    }

    reply = api.ask("POST", "/scans/batch", json=body)

    with database.read() as session:
        assert session.scalars(select(Scan)).all() == []
    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


def test_two_gates_that_both_admitted_a_badge_offline_are_a_conflict(app, api, database, event):
    code = factories.a_badge(database, event)
    other = Api.enrolled(app, database, event, gate="Porte 2")
    first, second = offline(code, minutes_ago=9), offline(code, minutes_ago=8)

    told = [api.batch(first), other.batch(second)]

    contradicted = result(second, status="error", reason="already_redeemed", conflict=True)
    assert told == [{first["scan_id"]: result(first)}, {second["scan_id"]: contradicted}]
    assert conflicts(database) == ["already_redeemed"]
    assert api.read("/status")["totals"]["arrived"] == 1


def test_an_earlier_scan_that_comes_later_changes_no_earlier_fact(app, api, database, event):
    code = factories.a_badge(database, event)
    live = api.scan(code)
    late = Api.enrolled(app, database, event, gate="Porte 2")

    told = late.batch(scan := offline(code, minutes_ago=30))

    again = api.scan(code)
    assert told[scan["scan_id"]]["conflict"] is True
    assert again["first_admission"] == live["first_admission"]
    with database.read() as session:
        assert len(session.scalars(select(Admission)).all()) == 1


def test_whoever_was_turned_away_offline_stays_turned_away(api, database, event):
    code = factories.a_badge(database, event)
    refused = {"status": "error", "reason": "capacity_exceeded"}

    told = api.batch(scan := offline(code, decided=refused))

    assert told == {scan["scan_id"]: result(scan, **refused)}
    totals = api.read("/status")["totals"]
    assert (totals["arrived"], totals["refused"], conflicts(database)) == (0, 1, [])


def test_a_canceled_person_let_in_offline_is_counted_and_a_conflict(api, database, event):
    person = factories.a_participant(database, event)
    with_nobody = offline("HELLO")
    code = factories.code_of(event, person.badge_id)
    factories.write(database, lambda s: cancel(s, event, person.participant_id, now=factories.NOW))

    told = api.batch(scan := offline(code), with_nobody)

    assert told == {
        scan["scan_id"]: result(scan, status="error", reason="canceled", conflict=True),
        with_nobody["scan_id"]: result(
            with_nobody, status="error", reason="invalid", conflict=True
        ),
    }
    assert sorted(conflicts(database)) == ["canceled", "invalid"]
    assert api.read("/status")["totals"]["arrived"] == 1


def test_a_repeated_and_reordered_batch_gets_the_same_results(api, database, event):
    codes = factories.badges(database, event, 30)
    scans = [offline(code) for code in codes + codes[:10]]
    first = api.batch(*scans)
    random.Random(2).shuffle(scans)

    again = api.batch(*scans)

    assert again == {key: told | {"replayed": True} for key, told in first.items()}
    assert api.read("/status")["totals"]["arrived"] == 30


def test_a_live_scan_whose_answer_was_lost_may_come_again_in_a_batch(api, database, event):
    scan = a_scan(factories.a_badge(database, event))
    api.ask("POST", "/scans", json=scan)

    told = api.batch(scan | {"decided": OK})

    assert told == {scan["scan_id"]: result(scan, replayed=True)}
    assert conflicts(database) == []


def test_a_used_scan_id_spoils_only_its_own_scan(api, database, event):
    codes = factories.badges(database, event, 2)
    used = a_scan(codes[0])
    api.ask("POST", "/scans", json=used)
    wrong, right = offline(codes[0], scan_id=used["scan_id"]), offline(codes[1])

    told = api.batch(wrong, right)

    assert told == {
        right["scan_id"]: result(right),
        wrong["scan_id"]: result(
            wrong, status="error", reason="invalid", conflict=True, error="scan_id_conflict"
        ),
    }


def test_times_are_corrected_by_the_device_s_clock(api, database, event):
    code, slow = factories.a_badge(database, event), timedelta(hours=2)
    read_at = datetime.now(UTC) - timedelta(minutes=5)
    scan = a_scan(code, scanned_at=text_of(read_at - slow), decided=OK)

    api.batch(scan, device_time=datetime.now(UTC) - slow)

    with database.read() as session:
        row = session.scalars(select(Scan)).one()
        skew_ms = session.scalars(select(Device.skew_ms).where(Device.id == api.device_id)).one()
    assert abs(row.corrected_at - read_at) < timedelta(seconds=5)
    assert row.scanned_at == read_at - slow
    assert abs(skew_ms - slow.total_seconds() * 1000) < 5000


def test_a_scan_from_the_future_is_counted_now(api, database, event):
    future = datetime.now(UTC) + timedelta(days=300)
    scan = a_scan(factories.a_badge(database, event), scanned_at=text_of(future), decided=OK)

    api.batch(scan)

    with database.read() as session:
        row = session.scalars(select(Scan)).one()
    assert (row.corrected_at, row.scanned_at) == (row.received_at, future)


def test_results_carry_every_scan_id_once(api, database, event):
    scan = offline(factories.a_badge(database, event), scan_id=str(uuid4()))

    assert api.batch(scan, scan) == {scan["scan_id"]: result(scan, replayed=True)}
    assert api.read("/status")["totals"]["arrived"] == 1
