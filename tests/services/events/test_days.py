"""An event's days are those of its dates, and each scan belongs to one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Admission, Event, Role
from checkin.domain.common.problems import FieldProblem
from checkin.domain.events.days import Day
from checkin.domain.events.details import EventDetails
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.services.board.live_counts import live_counts
from checkin.services.events.days import days_of
from checkin.services.gates.authentication import device_by_token
from checkin.services.lifecycle.demo import load_demo
from checkin.services.lifecycle.settings import change_event
from checkin.services.scanning.annul import annul_scan
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race
from tests.web.browsing import an_operator

A_DAY = timedelta(days=1)


def days(database, event):
    with database.read() as session:
        return days_of(session, event.id)


def test_a_new_event_has_one_day(database, event):
    assert days(database, event) == (Day(1, event.starts_at, event.ends_at),)


def test_the_demo_that_is_moved_to_today_moves_its_day(database):
    write(database, lambda s: load_demo(s, KEYS, 9, 1, NOW))
    write(database, lambda s: load_demo(s, KEYS, 9, 1, NOW + A_DAY))

    with database.read() as session:
        event = session.scalars(select(Event)).one()
    doors = (event.doors_open_at, event.doors_close_at)
    assert days(database, event) == (
        Day(1, event.starts_at, event.ends_at, *doors, event.reserve_from),
    )
    assert event.starts_at.date() == (NOW + A_DAY).date()


def test_the_demo_that_has_got_several_days_keeps_them(database):
    write(database, lambda s: load_demo(s, KEYS, 9, 1, NOW))
    with database.read() as session:
        event = session.scalars(select(Event)).one()
    doors = {"doors_open_at": NOW + A_DAY * 2, "doors_close_at": NOW + A_DAY * 3}
    factories.a_further_day(database, event, **doors)
    before = days(database, event)

    write(database, lambda s: load_demo(s, KEYS, 9, 1, NOW))

    assert days(database, event) == before


def changed(database, event, **values):
    before = {one.name: getattr(event, one.name) for one in fields(EventDetails)}
    details = EventDetails(**before | values)
    chief = an_operator(database, Role.ADMINISTRATOR)
    write(
        database,
        lambda s: change_event(s, s.merge(event), details, operator_id=chief.id, now=NOW),
    )


def test_an_event_that_is_put_off_has_its_day_put_off(database, event):
    changed(database, event, ends_at=event.ends_at + A_DAY)

    assert days(database, event) == (Day(1, event.starts_at, event.ends_at + A_DAY),)


@pytest.mark.parametrize(
    ("column", "hours", "problem"),
    [
        ("doors_open_at", 12, "not_within_its_day"),
        ("doors_close_at", -12, "not_within_its_day"),
        ("doors_close_at", None, "missing_text"),
        ("starts_at", 36, "not_within_its_day"),
        ("ends_at", -36, "not_within_its_day"),
        ("doors_close_at", 1, None),
    ],
)
def test_of_several_days_the_first_opens_and_the_last_closes_as_the_event_does(
    database, column, hours, problem
):
    doors = {"doors_open_at": NOW, "doors_close_at": NOW + timedelta(hours=1)}
    event = factories.an_event(database, **doors)
    factories.a_further_day(database, event, **{name: at + A_DAY for name, at in doors.items()})
    until = {name: getattr(event, name) + A_DAY for name in ("ends_at", "doors_close_at")}
    write(database, lambda s: s.execute(update(Event).values(until)))
    with database.read() as session:
        event = session.get_one(Event, event.id)
    asked = None if hours is None else getattr(event, column) + timedelta(hours=hours)

    told = None
    try:
        changed(database, event, **{column: asked})
    except FieldProblem as fault:
        told = fault.problem.code

    assert told == problem


@pytest.fixture
def token(database, event):
    """The token of a device of an event that has a second day."""
    factories.a_further_day(database, event)
    return factories.a_new_device(database, event).token


@pytest.fixture
def device(database, token):
    return device_by_token(database, token)


@pytest.fixture
def code(database, event):
    return factories.a_badge(database, event)


def scanned(database, device, code, at, **more):
    answer = factories.scan(database, device, code, at=at, **more)
    return answer.reason


def counts(database, event, day):
    with database.read() as session:
        figures = live_counts(session, event.id, day=day).figures
    return figures.arrived, figures.missing, figures.inside, figures.last_arrival_at


def test_a_badge_is_admitted_once_on_each_day(database, event, device, code):
    leave = {"direction": Direction.EXIT}
    told = [
        scanned(database, device, code, NOW),
        scanned(database, device, code, NOW),
        scanned(database, device, code, NOW + factories.minutes(9), **leave),
        scanned(database, device, code, NOW + A_DAY),
        scanned(database, device, code, NOW + A_DAY),
    ]

    assert told == [None, Reason.ALREADY_REDEEMED, None, None, Reason.ALREADY_REDEEMED]
    with database.read() as session:
        rows = session.execute(select(Admission.day, Admission.entry_no).order_by(Admission.id))
        assert [tuple(row) for row in rows] == [(1, 1), (2, 1)]
    assert counts(database, event, 1) == (1, 0, 0, NOW)
    assert counts(database, event, 2) == (1, 0, 1, NOW + A_DAY)


def test_who_stayed_to_the_end_of_a_day_is_counted_again_on_the_next(database, event, device, code):
    told = [scanned(database, device, code, NOW), scanned(database, device, code, NOW + A_DAY)]

    assert told == [None, None]
    assert counts(database, event, 1) == (1, 0, 1, NOW)
    assert counts(database, event, 2) == (1, 0, 1, NOW + A_DAY)


def test_an_exit_on_the_next_day_ends_no_stay_of_the_day_before(database, event, device, code):
    scanned(database, device, code, NOW)
    scanned(database, device, code, NOW + A_DAY, direction=Direction.EXIT)

    assert [counts(database, event, day)[2] for day in (1, 2)] == [1, 0]


def test_places_and_room_in_the_hall_are_used_up_day_by_day(database):
    event = factories.an_event(database, capacity=1, reserve_from=NOW - A_DAY)
    factories.a_further_day(database, event, reserve_from=NOW + A_DAY / 2)
    one_place = factories.a_delegation(database, event, "Tiflet", quota=1)
    gate = factories.a_device(database, event)
    confirmed, reserve = factories.badges(database, event, 2, delegation=one_place)

    told = [
        scanned(database, gate, reserve, NOW),
        scanned(database, gate, confirmed, NOW + factories.minutes(1)),
        scanned(database, gate, confirmed, NOW + A_DAY),
        scanned(database, gate, reserve, NOW + A_DAY),
    ]

    assert told == [None, Reason.QUOTA_EXCEEDED, None, Reason.QUOTA_EXCEEDED]


def test_one_badge_at_many_gates_is_admitted_once_on_each_of_two_days(database, event, code):
    gates = 8
    factories.a_further_day(database, event)
    devices = [factories.a_device(database, event, f"Porte {n}") for n in range(gates)]

    def scan_on_both_days(at):
        days = [NOW, NOW + A_DAY] if at % 2 else [NOW + A_DAY, NOW]
        return [scanned(database, devices[at], code, day) for day in days]

    told = Counter(reason for reasons in race(gates, scan_on_both_days) for reason in reasons)

    assert told == {None: 2, Reason.ALREADY_REDEEMED: 2 * gates - 2}
    assert [counts(database, event, day)[0] for day in (1, 2)] == [1, 1]


def test_an_arrival_of_the_second_day_is_taken_back_on_that_day(database, event, device, code):
    scanned(database, device, code, NOW)
    scanned(database, device, code, NOW + factories.minutes(9), direction=Direction.EXIT)
    second = factories.scan(database, device, code, at=NOW + A_DAY)

    write(
        database,
        lambda s: annul_scan(
            s,
            event_id=event.id,
            scan_id=second.scan_id,
            reason="essai",
            now=NOW + A_DAY,
            device_id=device.id,
        ),
    )

    assert counts(database, event, 1) == (1, 0, 0, NOW)
    assert counts(database, event, 2) == (0, 1, 0, None)


def test_a_scan_that_is_uploaded_on_the_next_day_belongs_to_its_own(database, event, device, code):
    reading = factories.a_reading(code, at=NOW)

    factories.record(database, device, replace(reading, received_at=NOW + A_DAY))

    assert [counts(database, event, day)[0] for day in (1, 2)] == [1, 0]
