"""Count entries, exits and refusals: admissions, and the running tallies of arrivals per gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, case, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from checkin.db.models import Admission, ArrivalTally, RefusalTally, Scan
from checkin.domain.events.days import FIRST_DAY
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Consequence, Status
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading

_INSERT = insert(Admission)
_CLOSE = (
    update(Admission)
    .where(
        Admission.id == bindparam("admission"),
        Admission.exited_at.is_(None),
        Admission.annulled_at.is_(None),
    )
    .values(exited_at=bindparam("at"), exit_scan_pk=bindparam("scan"))
)
_EXIT_SINCE = (
    select(Scan.device_id, Scan.event_id, Scan.gate_id, Scan.id, Scan.corrected_at)
    .where(
        Scan.participant_id == bindparam("participant"),
        Scan.direction == Direction.EXIT,
        Scan.status == Status.OK,
        Scan.annulled_at.is_(None),
        Scan.corrected_at >= bindparam("since"),
        ~exists().where(
            Admission.participant_id == Scan.participant_id, Admission.exit_scan_pk == Scan.id
        ),
    )
    .order_by(Scan.corrected_at)
    .limit(1)
)


def admit(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    holder: Holder,
    change: Consequence,
    *,
    scan_pk: int,
) -> None:
    """Count a person in. If another gate was first, the insert fails and the transaction reruns."""
    values = admission_values(device, reading, holder, change)
    connection.execute(_INSERT, {**values, "scan_pk": scan_pk})
    counts = counts_of(change, device.day_at(reading.at))
    count_arrival(connection, device, holder.delegation_id, reading.at, counts)


def admission_values(
    device: PairedDevice, reading: Reading, holder: Holder, change: Consequence
) -> dict[str, object]:
    """Return the columns of an admission, except the scan that made it."""
    return {
        "event_id": device.event_id,
        "participant_id": holder.participant_id,
        "delegation_id": holder.delegation_id,
        "gate_id": device.gate_id,
        "device_id": device.id,
        "day": device.day_at(reading.at),
        "entry_no": change.entry_no,
        "without_place": change.without_place,
        "admitted_at": reading.at,
    }


def counts_of(change: Consequence, day: int) -> Change:
    """Return what an admission adds to the counts of a day."""
    return Change(
        arrived=int(change.entry_no == 1),
        inside=1,
        without_place=int(change.without_place),
        day=day,
    )


def leave(
    connection: Connection, device: PairedDevice, reading: Reading, holder: Holder, *, scan_pk: int
) -> None:
    """Count a person out; for a person who is not inside, or came in later, nothing changes."""
    inside = holder.inside_since
    if inside is None or reading.at < inside.at:
        return
    closed = connection.execute(
        _CLOSE, {"admission": inside.admission_id, "at": reading.at, "scan": scan_pk}
    )
    if closed.rowcount == 1:  # else another gate has just let them out
        change = Change(arrived=0, inside=-1, without_place=0, day=inside.day)
        count_arrival(connection, device, holder.delegation_id, reading.at, change)


class _Exit(NamedTuple):
    """The exit of a person: the device and gate, the scan, and its moment."""

    id: int
    event_id: int
    gate_id: int
    scan_pk: int
    at: datetime


def leave_as_uploaded(
    connection: Connection, holder: Holder, day: int, *, since: datetime, scan_pk: int
) -> None:
    """Count out a person whose exit was uploaded before their entry.

    When the exit arrived they were not inside, so it changed nothing; its scan stays as it was.

    Args:
        day: the event's day on which the person came in.
        since: when they came in.
        scan_pk: the scan that counted them in.
    """
    row = connection.execute(
        _EXIT_SINCE, {"participant": holder.participant_id, "since": since}
    ).first()
    if row is None:
        return
    left = _Exit(*row)
    closed = {"exited_at": left.at, "exit_scan_pk": left.scan_pk}
    connection.execute(update(Admission).where(Admission.scan_pk == scan_pk).values(closed))
    change = Change(arrived=0, inside=-1, without_place=0, day=day)
    count_arrival(connection, left, holder.delegation_id, left.at, change)


_INSERT_INTO = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Counter(Protocol):
    """A device at a gate, whose tally rows are counted in."""

    @property
    def id(self) -> int:
        """The device's id."""

    @property
    def event_id(self) -> int:
        """The id of the device's event."""

    @property
    def gate_id(self) -> int:
        """The id of the gate where the device stood."""


class Change(NamedTuple):
    """What one scan adds to the counts of a day; annulling adds the negatives."""

    arrived: int
    inside: int
    without_place: int
    day: int = FIRST_DAY


def _later(statement: Any, table: Any, name: str = "last_scan_at") -> Any:
    new, old = statement.excluded[name], getattr(table, name)
    return case((old.is_(None), new), (new > old, new), else_=old)


def upsert_arrival(insert: Any) -> Any:
    """Return the statement that adds a change to the counts of a delegation.

    Args:
        insert: makes the dialect's own insert into a table.
    """
    statement = insert(ArrivalTally)
    return statement.on_conflict_do_update(
        index_elements=["delegation_id", "gate_id", "device_id", "day"],
        set_={
            "arrived": ArrivalTally.arrived + statement.excluded.arrived,
            "inside": ArrivalTally.inside + statement.excluded.inside,
            "without_place": ArrivalTally.without_place + statement.excluded.without_place,
            "last_scan_at": _later(statement, ArrivalTally),
            "last_arrival_at": _later(statement, ArrivalTally, "last_arrival_at"),
        },
    )


def _upsert_refusal(insert: Any) -> Any:
    statement = insert(RefusalTally)
    return statement.on_conflict_do_update(
        index_elements=["gate_id", "device_id", "day"],
        set_={
            "refused": RefusalTally.refused + statement.excluded.refused,
            "last_scan_at": _later(statement, RefusalTally),
        },
    )


_IN_THE_ROW = (
    Admission.delegation_id == ArrivalTally.delegation_id,
    Admission.gate_id == ArrivalTally.gate_id,
    Admission.device_id == ArrivalTally.device_id,
    Admission.day == ArrivalTally.day,
)
_LAST_ARRIVAL = (
    update(ArrivalTally)
    .where(
        ArrivalTally.delegation_id == bindparam("of_delegation"),
        ArrivalTally.gate_id == bindparam("at_gate"),
        ArrivalTally.device_id == bindparam("by_device"),
        ArrivalTally.day == bindparam("on_day"),
    )
    .values(
        last_arrival_at=select(func.max(Admission.admitted_at))
        .where(*_IN_THE_ROW, Admission.entry_no == 1, Admission.annulled_at.is_(None))
        .scalar_subquery()
    )
)
_ARRIVAL = {name: upsert_arrival(insert) for name, insert in _INSERT_INTO.items()}
_REFUSAL = {name: _upsert_refusal(insert) for name, insert in _INSERT_INTO.items()}


def count_arrival(
    connection: Connection, at_gate: Counter, delegation_id: int, at: datetime, change: Change
) -> None:
    """Add a change to the counts of a delegation.

    Where an arrival is taken back, the last one is looked up again: the admission has to be written
    as annulled before.
    """
    connection.execute(
        _ARRIVAL[connection.dialect.name], arrival_values(at_gate, delegation_id, at, change)
    )
    if change.arrived < 0:
        row = {
            "of_delegation": delegation_id,
            "at_gate": at_gate.gate_id,
            "by_device": at_gate.id,
            "on_day": change.day,
        }
        connection.execute(_LAST_ARRIVAL, row)


def arrival_values(
    at_gate: Counter, delegation_id: int, at: datetime, change: Change
) -> dict[str, object]:
    """Return the parameters of `upsert_arrival`, by column."""
    return {
        "delegation_id": delegation_id,
        "gate_id": at_gate.gate_id,
        "device_id": at_gate.id,
        "day": change.day,
        "event_id": at_gate.event_id,
        "arrived": change.arrived,
        "inside": change.inside,
        "without_place": change.without_place,
        "last_scan_at": at,
        "last_arrival_at": at if change.arrived > 0 else None,
    }


def count_refusal(
    connection: Connection, at_gate: Counter, at: datetime, *, day: int, refused: int = 1
) -> None:
    """Add a refusal to the counts of a gate."""
    connection.execute(
        _REFUSAL[connection.dialect.name],
        {
            "gate_id": at_gate.gate_id,
            "device_id": at_gate.id,
            "day": day,
            "event_id": at_gate.event_id,
            "refused": refused,
            "last_scan_at": at,
        },
    )
