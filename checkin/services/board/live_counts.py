"""The live counts of an event, read from running tallies, whatever the number of scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from checkin.db.models import ArrivalTally, Delegation, EntryStop, Event, Gate, RefusalTally
from checkin.domain.scanning.hall import Stop
from checkin.services.gates.stops import IS_STOPPED, STOP_COLUMNS, stop_of


@dataclass(frozen=True, slots=True)
class DelegationCount:
    """One delegation's counts: its quota, and people registered, arrived and inside."""

    id: int
    name: str
    name_ar: str | None
    quota: int
    registered: int
    arrived: int
    inside: int
    last_arrival_at: datetime | None


@dataclass(frozen=True, slots=True)
class GateCount:
    """One gate's counts, and when it last scanned."""

    id: int
    name: str
    arrived: int
    refused: int
    last_scan_at: datetime | None


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """All counts of an event; `registered` counts confirmed participants.

    Attributes:
        stop: the stop of all entries in force; None where there is none.
    """

    event_id: int
    event_slug: str
    event_name: str
    event_name_ar: str | None
    timezone: str
    capacity: int | None
    stop: Stop | None
    delegations: tuple[DelegationCount, ...]
    gates: tuple[GateCount, ...]

    @property
    def totals(self) -> dict[str, int]:
        """quota, registered, arrived, inside and refused over all delegations and gates."""
        return {
            "quota": sum(d.quota for d in self.delegations),
            "registered": sum(d.registered for d in self.delegations),
            "arrived": sum(d.arrived for d in self.delegations),
            "inside": sum(d.inside for d in self.delegations),
            "refused": sum(g.refused for g in self.gates),
        }


_OF_EVENT: BindParameter[int] = bindparam("event_id")
_DELEGATIONS = (
    select(
        Delegation.id,
        Delegation.name,
        Delegation.name_ar,
        Delegation.quota,
        Delegation.places_taken,
        func.coalesce(func.sum(ArrivalTally.arrived), 0).label("arrived"),
        func.coalesce(func.sum(ArrivalTally.inside), 0).label("inside"),
        func.max(ArrivalTally.last_scan_at).label("last_at"),
    )
    .outerjoin(ArrivalTally, ArrivalTally.delegation_id == Delegation.id)
    .where(Delegation.event_id == _OF_EVENT)
    .group_by(Delegation.id)
    .order_by(Delegation.quota.desc(), Delegation.name)
)
_ARRIVED = (
    select(
        ArrivalTally.gate_id,
        func.sum(ArrivalTally.arrived).label("arrived"),
        func.max(ArrivalTally.last_scan_at).label("last_at"),
    )
    .where(ArrivalTally.event_id == _OF_EVENT)
    .group_by(ArrivalTally.gate_id)
    .subquery()
)
_REFUSED = (
    select(
        RefusalTally.gate_id,
        func.sum(RefusalTally.refused).label("refused"),
        func.max(RefusalTally.last_scan_at).label("last_at"),
    )
    .where(RefusalTally.event_id == _OF_EVENT)
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


def live_counts(session: Session, event_id: int) -> LiveCounts:
    """Return the counts of an event as of now."""
    connection, of = session.connection(), {"event_id": event_id}
    event = connection.execute(_EVENT, of).one()
    delegations = tuple(
        DelegationCount(
            d.id, d.name, d.name_ar, d.quota, d.places_taken, d.arrived, d.inside, d.last_at
        )
        for d in connection.execute(_DELEGATIONS, of)
    )
    gates = tuple(
        GateCount(g.id, g.name, g.arrived, g.refused, _later(g.arrived_at, g.refused_at))
        for g in connection.execute(_GATES, of)
    )
    return LiveCounts(
        event_id=event_id,
        event_slug=event.slug,
        event_name=event.name,
        event_name_ar=event.name_ar,
        timezone=event.timezone,
        capacity=event.capacity,
        stop=stop_of(event),
        delegations=delegations,
        gates=gates,
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment), default=None)
