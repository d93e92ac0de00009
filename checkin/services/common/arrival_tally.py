"""The running tallies of arrivals by delegation, gate and device: adding a change to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, case
from sqlalchemy.dialects import postgresql, sqlite

from checkin.db.models import ArrivalTally

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
    """What one scan adds to the counts; annulling adds the negatives."""

    arrived: int
    inside: int
    without_place: int

    def negative(self) -> Change:
        """Return the change that takes this one back."""
        return Change(-self.arrived, -self.inside, -self.without_place)


def later_scan(statement: Any, table: Any) -> Any:
    """Return the later of the moments of a tally's last scan: the stored and the added one."""
    new, old = statement.excluded.last_scan_at, table.last_scan_at
    return case((new > old, new), else_=old)


def upsert_arrival(insert: Any) -> Any:
    """Return the statement that adds a change to the counts of a delegation.

    Args:
        insert: makes the dialect's own insert into a table.
    """
    statement = insert(ArrivalTally)
    return statement.on_conflict_do_update(
        index_elements=["delegation_id", "gate_id", "device_id"],
        set_={
            "arrived": ArrivalTally.arrived + statement.excluded.arrived,
            "inside": ArrivalTally.inside + statement.excluded.inside,
            "without_place": ArrivalTally.without_place + statement.excluded.without_place,
            "last_scan_at": later_scan(statement, ArrivalTally),
        },
    )


_ARRIVAL = {name: upsert_arrival(insert) for name, insert in INSERT_INTO.items()}


def count_arrival(
    connection: Connection, at_gate: Counter, delegation_id: int, at: datetime, change: Change
) -> None:
    """Add a change to the counts of a delegation."""
    connection.execute(
        _ARRIVAL[connection.dialect.name], arrival_values(at_gate, delegation_id, at, change)
    )


def arrival_values(
    at_gate: Counter, delegation_id: int, at: datetime, change: Change
) -> dict[str, object]:
    """Return the parameters of `upsert_arrival`, by column."""
    return {
        "delegation_id": delegation_id,
        "gate_id": at_gate.gate_id,
        "device_id": at_gate.id,
        "event_id": at_gate.event_id,
        "arrived": change.arrived,
        "inside": change.inside,
        "without_place": change.without_place,
        "last_scan_at": at,
    }
