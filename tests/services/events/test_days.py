"""An event's days are those of its dates, and each scan belongs to one of them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Admission, Event, EventDay, Role
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
    assert days(database, event) == (Day(1, event.starts_at, event.ends_at),)
    assert event.starts_at.date() == (NOW + A_DAY).date()


def test_an_event_that_is_put_off_has_its_day_put_off(database, event):
    before = {one.name: getattr(event, one.name) for one in fields(EventDetails)}
    put_off = EventDetails(**before | {"ends_at": event.ends_at + A_DAY})
    chief = an_operator(database, Role.ADMINISTRATOR)

    write(
        database,
        lambda s: change_event(s, s.merge(event), put_off, operator_id=chief.id, now=NOW),
    )

    assert days(database, event) == (Day(1, event.starts_at, event.ends_at + A_DAY),)


@pytest.fixture
def token(database, event):
    """The token of a device of an event that has a second day."""
    second = EventDay(
        event_id=event.id, day=2, starts_at=event.starts_at + A_DAY, ends_at=event.ends_at + A_DAY
    )
    write(database, lambda s: s.add(second))
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
    assert counts(database, event, 1) == (1, 0, 1, NOW)
    assert counts(database, event, 2) == (1, 0, 1, NOW + A_DAY)


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
