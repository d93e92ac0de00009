"""Scans that waited before they were sent live are dated when they were read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Event, Scan
from checkin.web.api.clocks import LONGEST_WAIT, live_moment
from tests.support import factories
from tests.support.api_client import Api, a_scan, text_of
from tests.web.api.gate_lists.test_leases import CLOCKS

MINUTE = timedelta(minutes=1)
NOW = factories.NOW


def dated(scanned_at, device_time):
    read_at, skew = live_moment(scanned_at, device_time, NOW)
    return NOW - read_at, skew


@pytest.mark.parametrize("off", [timedelta(), timedelta(hours=-1), timedelta(days=-20000)])
def test_a_clock_of_any_error_tells_how_long_the_scan_waited(off):
    assert dated(NOW + off - 3 * MINUTE, NOW + off) == (3 * MINUTE, -off)


def test_a_wait_that_cannot_be_dates_the_scan_on_arrival():
    clock_was_set = [NOW - LONGEST_WAIT - MINUTE, NOW + MINUTE, datetime(1970, 1, 1, tzinfo=UTC)]

    assert [dated(at, NOW) for at in clock_was_set] == [(timedelta(), timedelta())] * 3


def test_without_the_device_s_time_the_scan_is_dated_on_arrival():
    assert dated(NOW - MINUTE, None) == (timedelta(), MINUTE)


def waited(code, minutes, *, off=timedelta(), **more):
    """Return a scan that was read some minutes ago by a clock that is off."""
    now = datetime.now(UTC) + off
    times = {"scanned_at": text_of(now - minutes * MINUTE), "device_time": text_of(now)}
    return a_scan(code, **times, **more)


def post(api, scan):
    response = api.ask("POST", "/scans", json=scan)
    assert response.status_code == 200, response.text
    return response.json


def test_the_log_and_the_answer_tell_when_the_badge_was_read(api, database, event):
    scan = waited(factories.a_badge(database, event), 5, off=timedelta(hours=1))

    told = post(api, scan)

    with database.read() as session:
        row = session.scalars(select(Scan)).one()
    read_at = datetime.now(UTC) - 5 * MINUTE
    assert abs(row.corrected_at - read_at) < timedelta(seconds=5)
    assert abs(row.skew_ms + 3_600_000) < 5_000
    assert abs(datetime.fromisoformat(told["first_admission"]["at"]) - read_at) < MINUTE


def test_the_same_scan_at_another_time_of_the_device_is_the_same_scan(api, database, event):
    scan = waited(factories.a_badge(database, event), 5)
    first = post(api, scan)

    again = post(api, scan | {"device_time": text_of(datetime.now(UTC) + MINUTE)})

    assert (again["replayed"], again["first_admission"]) == (True, first["first_admission"])


def test_an_exit_that_waited_does_not_end_a_later_stay(app, api, database, event):
    factories.write(database, lambda s: s.execute(update(Event).values(reentry="free")))
    code = factories.a_badge(database, event)
    other = Api.enrolled(app, database, event, gate="Porte 2")
    other.scan(code)

    post(api, waited(code, 5, type="exit"))

    assert api.read("/status")["totals"]["inside"] == 1


def test_whoever_was_read_in_time_is_not_late_because_the_scan_waited(api, database, event):
    close = datetime.now(UTC) - 2 * MINUTE
    opened = close - timedelta(hours=1)
    factories.lay_down(database, doors_open_at=opened, doors_close_at=close, grace_s=0)
    code = factories.a_badge(database, event)

    assert [post(api, waited(code, m))["reason"] for m in (1, 3)] == ["invalid_time", None]


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_that_is_wrong_changes_no_count(clock, api, database, event):
    codes = factories.badges(database, event, 3)
    scanned_at, device_time = CLOCKS[clock](datetime.now(UTC))
    times = {"scanned_at": text_of(scanned_at), "device_time": text_of(device_time)}
    scans = [a_scan(code, **times) for code in codes * 2]

    told = [post(api, scan)["reason"] for scan in scans]

    totals = api.read("/status")["totals"]
    assert told == [None] * 3 + ["already_redeemed"] * 3
    assert (totals["arrived"], totals["inside"], totals["refused"]) == (3, 3, 3)
