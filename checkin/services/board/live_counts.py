"""The live counts of an event, read from running tallies, whatever the number of scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from checkin.db.models import ArrivalTally, EntryStop, Event, EventDay, Gate, RefusalTally
from checkin.domain.board.figures import Figures, latest, together
from checkin.domain.scanning.hall import Stop
from checkin.services.gates.stops import IS_STOPPED, STOP_COLUMNS, stop_of
from checkin.services.people.figures import DelegationFigures, figures_of_delegations


@dataclass(frozen=True, slots=True)
class GateCount:
    """One gate's counts, and when it last scanned."""

    id: int
    name: str
    arrived: int
    refused: int
    last_scan_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day of an event, how many arrived on it, and how many scans were refused."""

    number: int
    starts_at: datetime
    ends_at: datetime
    arrived: int
    refused: int


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """The figures of an event on one of its days, of its delegations and of its gates.

    Attributes:
        day: the number of the day.
        days: all days of the event in their order.
        stop: the stop of all entries in force; None where there is none.
    """

    event_id: int
    event_slug: str
    event_name: str
    event_name_ar: str | None
    timezone: str
    capacity: int | None
    stop: Stop | None
    day: int
    days: tuple[DayCount, ...]
    delegations: tuple[DelegationFigures, ...]
    gates: tuple[GateCount, ...]

    @property
    def figures(self) -> Figures:
        """The figures of all delegations together, on the day."""
        return together(each.figures for each in self.delegations)

    @property
    def refused(self) -> int:
        """How many scans were refused at all gates on the day."""
        return sum(gate.refused for gate in self.gates)

    @property
    def totals(self) -> dict[str, int]:
        """The figures of the day, and `refused`, as the interfaces tell them."""
        return self.figures.counts() | {"refused": self.refused}


_OF_EVENT: BindParameter[int] = bindparam("event_id")
_DAY: BindParameter[int] = bindparam("day")
_ARRIVED = (
    select(
        ArrivalTally.gate_id,
        func.sum(ArrivalTally.arrived).label("arrived"),
        func.max(ArrivalTally.last_scan_at).label("last_at"),
    )
    .where(ArrivalTally.event_id == _OF_EVENT, ArrivalTally.day == _DAY)
    .group_by(ArrivalTally.gate_id)
    .subquery()
)
_REFUSED = (
    select(
        RefusalTally.gate_id,
        func.sum(RefusalTally.refused).label("refused"),
        func.max(RefusalTally.last_scan_at).label("last_at"),
    )
    .where(RefusalTally.event_id == _OF_EVENT, RefusalTally.day == _DAY)
    .group_by(RefusalTally.gate_id)
    .subquery()
)
_GATES = (
    select(
        Gate.id,
        Gate.name,
        func.coalesce(_ARRIVED.c.arrived, 0).label("arrived"),
        func.coalesce(_REFUSED.c.refused, 0).label("refused"),
        _ARRIVED.c.last_at.label("arrived_at"),
        _REFUSED.c.last_at.label("refused_at"),
    )
    .outerjoin(_ARRIVED, _ARRIVED.c.gate_id == Gate.id)
    .outerjoin(_REFUSED, _REFUSED.c.gate_id == Gate.id)
    .where(Gate.event_id == _OF_EVENT)
    .order_by(Gate.name)
)
_EVENT = (
    select(Event.slug, Event.name, Event.name_ar, Event.timezone, Event.capacity, *STOP_COLUMNS)
    .outerjoin(EntryStop, IS_STOPPED)
    .where(Event.id == _OF_EVENT)
)


def _on_days(tally: type[ArrivalTally | RefusalTally], column: Any) -> Any:
    return (
        select(func.coalesce(func.sum(column), 0))
        .where(tally.event_id == EventDay.event_id, tally.day == EventDay.day)
        .scalar_subquery()
    )


_DAYS = (
    select(
        EventDay.day,
        EventDay.starts_at,
        EventDay.ends_at,
        _on_days(ArrivalTally, ArrivalTally.arrived),
        _on_days(RefusalTally, RefusalTally.refused),
    )
    .where(EventDay.event_id == _OF_EVENT)
    .order_by(EventDay.day)
)


def live_counts(session: Session, event_id: int, *, day: int) -> LiveCounts:
    """Return the counts of an event as of now, of one of its days."""
    connection, of = session.connection(), {"event_id": event_id, "day": day}
    event = connection.execute(_EVENT, of).one()
    return LiveCounts(
        event_id=event_id,
        event_slug=event.slug,
        event_name=event.name,
        event_name_ar=event.name_ar,
        timezone=event.timezone,
        capacity=event.capacity,
        stop=stop_of(event),
        day=day,
        days=tuple(DayCount(*row) for row in connection.execute(_DAYS, of)),
        delegations=figures_of_delegations(session, event_id, day=day),
        gates=tuple(
            GateCount(g.id, g.name, g.arrived, g.refused, latest(g.arrived_at, g.refused_at))
            for g in connection.execute(_GATES, of)
        ),
    )
