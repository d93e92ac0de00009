"""What tests of merging look at: an event's whole state, and its tallies beside its admissions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from checkin.db.models import (
    Admission,
    ArrivalTally,
    Badge,
    BusPassenger,
    Consent,
    Delegation,
    Duplicate,
    MergedRecord,
    Message,
    Participant,
    Scan,
)
from checkin.services.scanning.merging import (
    Wish,
    merge_plan,
    merge_records,
    take_merge_back,
)
from tests.support.factories import NOW, minutes, write

_TABLES = (
    *(Participant, Badge, Delegation, Scan, Admission, Message, Consent, BusPassenger),
    *(Duplicate, MergedRecord),
)
#: versions of the gate list, and numbers that are never given again
_GROWING = {"list_version", "last_reserve_no"}
LATER = NOW + minutes(60)
MUCH_LATER = LATER + minutes(10)


def merge(database, event, one, two, *, at=LATER, from_other=(), kept=None, by=None):
    """Merge two registered people as an operator who was shown what it does; return the kept id."""

    def work(session):
        number = kept or merge_plan(session, event, one, two, at).kept.id
        wish = Wish(number, from_other, "vu ensemble")
        merge_records(session, event, one, two, wish, now=at, operator_id=by)
        return number

    return write(database, work)


def take_back(database, event, other, *, at=MUCH_LATER):
    """Take a merge back."""
    return write(database, lambda s: take_merge_back(s, event, other, now=at))


def whole_state(database) -> dict[str, Any]:
    """Return every row of the event's people, places, badges, scans and messages."""
    with database.read() as session:
        return {
            table.__tablename__: sorted(
                (
                    tuple(
                        (column.name, getattr(row, column.name))
                        for column in table.__table__.columns
                        if column.name not in _GROWING
                    )
                    for row in session.scalars(select(table))
                ),
                key=repr,
            )
            for table in _TABLES
        }


def tallied(database) -> Counter[Any]:
    """Return the tallies' sums by delegation and by gate, without those that are 0."""
    sums: Counter[Any] = Counter()
    with database.read() as session:
        for row in session.scalars(select(ArrivalTally)):
            for name in ("arrived", "inside", "without_place"):
                sums["delegation", row.delegation_id, name] += getattr(row, name)
            sums["gate", row.gate_id, "arrived"] += row.arrived
    return Counter({key: count for key, count in sums.items() if count})


def logged(database) -> Counter[Any]:
    """Return what the tallies have to be, counted in the admissions."""
    sums: Counter[Any] = Counter()
    with database.read() as session:
        for row in session.scalars(select(Admission).where(Admission.annulled_at.is_(None))):
            arrived = int(row.entry_no == 1)
            sums["delegation", row.delegation_id, "arrived"] += arrived
            sums["delegation", row.delegation_id, "inside"] += int(row.exited_at is None)
            sums["delegation", row.delegation_id, "without_place"] += int(row.without_place)
            sums["gate", row.gate_id, "arrived"] += arrived
    return Counter({key: count for key, count in sums.items() if count})


def standing(database, number):
    """Return a participant's standing and the record that they are merged into."""
    with database.read() as session:
        person = session.get_one(Participant, number)
        return person.standing, person.merged_into


def arrivals(database, number):
    """Return the entries of a participant that count: number, delegation, whether they left."""
    with database.read() as session:
        rows = session.scalars(
            select(Admission)
            .where(Admission.participant_id == number, Admission.annulled_at.is_(None))
            .order_by(Admission.entry_no)
        )
        return [(row.entry_no, row.delegation_id, row.exited_at is not None) for row in rows]


def checked(database) -> None:
    """Fail where tallies and admissions differ, or more places are taken than there are."""
    assert tallied(database) == logged(database)
    with database.read() as session:
        for delegation in session.scalars(select(Delegation)):
            confirmed = session.scalars(
                select(Participant.id).where(
                    Participant.delegation_id == delegation.id,
                    Participant.standing == "confirmed",
                )
            ).all()
            assert delegation.places_taken == len(confirmed)
