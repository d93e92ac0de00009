"""The running tallies of arrivals by delegation, gate and device: adding a change to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from checkin.db.models import Admission, ArrivalTally

#: makes a dialect's own insert into a table
INSERT_INTO = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


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
    day: int

    def negative(self) -> Change:
        """Return the change that takes this one back."""
        return Change(-self.arrived, -self.inside, -self.without_place, self.day)


def later(statement: Any, table: Any, name: str = "last_scan_at") -> Any:
    """Return the later of a tally's moments of this name: the stored and the added one."""
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
            "last_scan_at": later(statement, ArrivalTally),
            "last_arrival_at": later(statement, ArrivalTally, "last_arrival_at"),
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
_ARRIVAL = {name: upsert_arrival(insert) for name, insert in INSERT_INTO.items()}


def count_arrival(
    connection: Connection, at_gate: Counter, delegation_id: int, at: datetime, change: Change
) -> None:
    """Add a change to the counts of a delegation.

    Where an arrival is taken back, the last one is looked up again: the admission has to be written
    as annulled, or as another delegation's, before.
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
