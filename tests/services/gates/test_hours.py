"""Gates and categories are admitted by hours of their own, with and without the network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checkin.db.models import Event, Role
from checkin.domain.common.problems import InvalidValue
from checkin.domain.events.opening_times import DayTimes, HourTimes
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.timetable import NOT_CLOSED
from checkin.services.events.days import days_of
from checkin.services.gates.authentication import device_by_token
from checkin.services.gates.gate_list import SealedEntries, gate_list
from checkin.services.lifecycle.opening_times import change_days, change_hours
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write
from tests.web.browsing import an_operator

A_DAY = timedelta(days=1)
OPENS, CLOSES = NOW + minutes(60), NOW + minutes(180)


@pytest.fixture
def event(database):
    """An event whose doors open in an hour, with a minute of grace."""
    return factories.an_event(database, doors_open_at=OPENS, doors_close_at=CLOSES, grace_s=60)


@pytest.fixture
def chief(database):
    return {"operator_id": an_operator(database, Role.ADMINISTRATOR).id, "now": NOW}


def lay_down(database, event, chief, *hours):
    write(database, lambda s: change_hours(s, s.get_one(Event, event.id), hours, **chief))


def scanned(database, token, code, at):
    answer = factories.scan(database, device_by_token(database, token), code, at=at)
    return answer.reason, answer.opening.at


def test_before_the_doors_a_gate_says_when_they_open(database, event):
    token = factories.a_new_device(database, event).token
    code = factories.a_badge(database, event)

    early, late = (scanned(database, token, code, at) for at in (NOW, CLOSES + minutes(1)))

    assert early == (Reason.INVALID_TIME, OPENS - minutes(1))
    assert late == (Reason.INVALID_TIME, None)
    assert scanned(database, token, code, OPENS - minutes(1)) == (None, None)


def test_the_hours_of_a_category_count_in_place_of_the_doors(database, event, chief):
    token = factories.a_new_device(database, event).token
    official, militant = (
        factories.a_badge(database, event, name, category=factories.a_category(database, event, of))
        for name, of in (("Amina", "Officiel"), ("Omar", "Militant"))
    )
    category = factories.a_category(database, event, "Officiel")
    lay_down(database, event, chief, HourTimes(None, category.id, NOW, NOW + minutes(30)))

    told = [scanned(database, token, code, NOW) for code in (militant, official)]

    assert told == [(Reason.INVALID_TIME, OPENS - minutes(1)), (None, None)]


def test_a_gate_with_hours_of_its_own_opens_by_them(database, event, chief):
    tokens = [factories.a_new_device(database, event, f"Porte {n}").token for n in (1, 2)]
    gate_id = device_by_token(database, tokens[0]).gate_id
    lay_down(database, event, chief, HourTimes(gate_id, None, NOW, NOW + minutes(30)))
    codes = factories.badges(database, event, 2)

    told = [scanned(database, *one, NOW)[0] for one in zip(tokens, codes, strict=True)]

    assert told == [None, Reason.INVALID_TIME]


def test_the_same_scan_again_is_told_the_same_opening_and_a_badge_ref_none(database, event):
    device = factories.a_device(database, event)
    reading = factories.a_reading(factories.a_badge(database, event), at=NOW)

    first, again = (factories.record(database, device, reading) for _ in range(2))

    assert (again.replayed, again.opening) == (True, first.opening)
    assert first.nameless().opening == NOT_CLOSED


def test_the_gate_list_tells_the_days_and_hours_and_each_entry_its_category(database, event, chief):
    category = factories.a_category(database, event)
    lay_down(database, event, chief, HourTimes(None, category.id, NOW, NOW + minutes(30)))

    with database.read() as session:
        told = gate_list(session, event.id, 0, KEYS, SealedEntries(), NOW).head["policy"]

    def text(at):
        return at.isoformat().replace("+00:00", "Z")

    assert told["days"] == [
        {
            "day": 1,
            "starts_at": text(event.starts_at),
            "ends_at": text(event.ends_at),
            "doors_open_at": text(OPENS),
            "doors_close_at": text(CLOSES),
            "reserve_from": None,
        }
    ]
    own = {"opens_at": text(NOW), "closes_at": text(NOW + minutes(30))}
    assert told["hours"] == [{"gate_id": None, "category_id": category.id, **own}]


def lay_down_days(database, event, chief, *shifts):
    """Give an event these days: each is its own one, so much later."""
    plain = DayTimes(event.starts_at, event.ends_at, OPENS, CLOSES, None)
    names = DayTimes.__dataclass_fields__
    days = [
        replace(plain, **{name: at + shift for name in names if (at := getattr(plain, name))})
        for shift in shifts
    ]
    write(database, lambda s: change_days(s, s.get_one(Event, event.id), days, **chief))


def test_days_that_are_laid_down_are_the_event_s_and_open_each_morning(database, event, chief):
    lay_down_days(database, event, chief, A_DAY * 0, A_DAY)
    token, code = factories.a_new_device(database, event).token, factories.a_badge(database, event)

    with database.read() as session:
        found = session.get_one(Event, event.id)
        assert [day.number for day in days_of(session, event.id)] == [1, 2]
        assert (found.doors_close_at, found.ends_at) == (CLOSES + A_DAY, event.ends_at + A_DAY)
    overnight = scanned(database, token, code, NOW + A_DAY / 2)
    assert overnight == (Reason.INVALID_TIME, OPENS + A_DAY - minutes(1))
    assert scanned(database, token, code, OPENS) == (None, None)
    assert scanned(database, token, code, OPENS + A_DAY) == (None, None)


def test_a_day_on_which_badges_were_scanned_is_not_removed(database, event, chief):
    lay_down_days(database, event, chief, A_DAY * 0, A_DAY)
    code = factories.a_badge(database, event)
    factories.scan(database, factories.a_device(database, event), code, at=OPENS + A_DAY)

    with pytest.raises(InvalidValue) as fault:
        lay_down_days(database, event, chief, A_DAY * 0)

    assert fault.value.in_column("").code == "day_has_scans"
