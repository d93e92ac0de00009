"""An exit that is uploaded before its entry: who has left is not counted inside."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, ArrivalTally, Scan
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes

LET_IN = Decided(Status.OK, None)


@pytest.fixture
def event(database):
    return factories.an_event(database, reentry=Reentry.AFTER_EXIT)


@pytest.fixture
def code(database, event):
    return factories.a_badge(database, event)


@pytest.fixture
def gates(database, event):
    return [factories.a_device(database, event, f"Porte {number}") for number in (1, 2)]


def uploaded(database, gate, code, direction, ago):
    """Upload what a gate decided by itself some minutes ago."""
    return factories.scan(
        database,
        gate,
        code,
        at=NOW - minutes(ago),
        received_at=NOW,
        direction=direction,
        decided=LET_IN,
    )


def counted(database):
    """Return (arrived, inside) as tallied and as logged, and when each admission ended."""
    with database.read() as session:
        tally = session.execute(
            select(func.sum(ArrivalTally.arrived), func.sum(ArrivalTally.inside))
        ).one()
        stays = session.scalars(select(Admission.exited_at).order_by(Admission.id)).all()
    inside = sum(left is None for left in stays)
    assert (int(tally[0] or 0), int(tally[1] or 0)) == (min(1, len(stays)), inside)
    return stays


ENTRY, EXIT = Direction.ENTRY, Direction.EXIT


def test_an_exit_uploaded_before_its_entry_counts_once_the_entry_arrives(database, code, gates):
    uploaded(database, gates[1], code, EXIT, ago=10)
    uploaded(database, gates[0], code, ENTRY, ago=30)

    assert counted(database) == [NOW - minutes(10)]


def test_an_exit_dated_before_the_entry_does_not_end_the_stay(database, code, gates):
    uploaded(database, gates[1], code, EXIT, ago=40)
    uploaded(database, gates[0], code, ENTRY, ago=30)

    assert counted(database) == [None]


@pytest.mark.parametrize("order", list(permutations([(ENTRY, 50), (ENTRY, 30), (EXIT, 10)])))
def test_who_was_let_in_twice_and_left_is_outside_in_any_upload_order(database, code, gates, order):
    for direction, ago in order:
        uploaded(database, gates[ago % 20 == 10], code, direction, ago)

    assert set(counted(database)) == {NOW - minutes(10)}


def test_two_stays_are_counted_in_any_upload_order(database, code, gates):
    for direction, ago in ((EXIT, 10), (EXIT, 40), (ENTRY, 50), (ENTRY, 30)):
        uploaded(database, gates[ago % 20 == 10], code, direction, ago)

    assert counted(database) == [NOW - minutes(40), NOW - minutes(10)]


def test_late_uploads_leave_stored_scans_unchanged_and_repetitions_change_nothing(
    database, code, gates
):
    exit = factories.a_reading(
        code, at=NOW - minutes(10), received_at=NOW, direction=EXIT, decided=LET_IN
    )
    entry = factories.a_reading(code, at=NOW - minutes(30), received_at=NOW, decided=LET_IN)
    for reading in (exit, entry, entry, exit):
        factories.record(database, gates[0], reading)

    assert counted(database) == [NOW - minutes(10)]
    with database.read() as session:
        rows = session.execute(select(Scan.direction, Scan.status).order_by(Scan.id)).all()
    assert [tuple(row) for row in rows] == [("exit", "ok"), ("entry", "ok")]
