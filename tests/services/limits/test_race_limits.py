"""The last places: concurrent admissions never exceed the quota or the hall's capacity."""

from __future__ import annotations

from collections import Counter
from threading import Barrier, local

import pytest

from checkin.db.connecting import CONNECTIONS
from checkin.domain.scanning.reasons import Reason
from checkin.services.board.live_counts import live_counts
from checkin.services.scanning import facts
from tests.support import factories
from tests.support.factories import NOW
from tests.support.racing import race

#: all of whom may be reading at once
PEOPLE, PLACES = CONNECTIONS // 2, 5
RELEASED = NOW - factories.minutes(1)


def reserve_list_at_the_gates(database):
    """All of a delegation with 5 places and 5 on the reserve list come at once."""
    return come_at_once(database, factories.an_event(database, reserve_from=RELEASED), PLACES)


def full_hall_at_the_gates(database):
    """Ten people with places come at once to a hall for five."""
    return come_at_once(database, factories.an_event(database, capacity=PLACES), PEOPLE)


def come_at_once(database, event, quota):
    delegation = factories.a_delegation(database, event, quota=quota)
    codes = factories.badges(database, event, PEOPLE, delegation=delegation)
    devices = [factories.a_device(database, event, f"Porte {n}") for n in range(4)]
    told = race(PEOPLE, lambda at: factories.scan(database, devices[at % 4], codes[at]).reason)
    with database.read() as session:
        totals = live_counts(session, event.id, day=1).totals
    assert totals["arrived"] == totals["inside"] == told.count(None)
    return Counter(told)


def read_together(monkeypatch):
    """Let all gates know how full it is before any of them writes."""
    read, everyone, gate = facts._row, Barrier(PEOPLE), local()

    def read_and_wait(*given, **options):
        row = read(*given, **options)
        if not hasattr(gate, "has_read"):
            gate.has_read = True
            everyone.wait(60)
        return row

    monkeypatch.setattr(facts, "_row", read_and_wait)


CASES = pytest.mark.parametrize(
    ("comes", "reason"),
    [
        (reserve_list_at_the_gates, Reason.QUOTA_EXCEEDED),
        (full_hall_at_the_gates, Reason.CAPACITY_EXCEEDED),
    ],
)


@CASES
def test_concurrent_scans_admit_as_many_people_as_there_are_places(comes, reason, database):
    assert comes(database) == {None: PLACES, reason: PEOPLE - PLACES}


@CASES
def test_control_without_the_lock_more_people_are_admitted_than_there_are_places(
    comes, reason, postgres_database, monkeypatch
):
    monkeypatch.setattr(facts, "scarce", lambda row, policy: False)
    read_together(monkeypatch)
    assert comes(postgres_database)[None] > PLACES
