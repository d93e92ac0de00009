"""Who has come on all days of an event: people, each once, beside the arrivals of each day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from checkin.domain.board.figures import ArrivalGroup, Arrivals, Attendance
from checkin.services.board.live_counts import DayCount, GateCount, LiveCounts, live_counts
from checkin.services.events.days import days_of
from checkin.services.people.arrivals import people_groups
from checkin.services.people.figures import DelegationFigures

#: None where a purge has erased who came
_Groups = Sequence[ArrivalGroup] | None


@dataclass(frozen=True, slots=True)
class AllDays:
    """The attendance of an event, of its delegations, and of its gates.

    A person counts for the gate at which they first came in, as in the export.
    """

    days: Sequence[DayCount]
    whole: Attendance
    delegations: Sequence[tuple[DelegationFigures, Attendance]]
    gates: Sequence[tuple[GateCount, Attendance]]


def all_days_of(session: Session, event_id: int) -> AllDays:
    """Return who has come on all days of an event.

    Args:
        session: from `Database.snapshot`, so that all figures agree.
    """
    days = [live_counts(session, event_id, day=day.number) for day in days_of(session, event_id)]
    groups, first = people_groups(session, event_id), days[0]
    return AllDays(
        days=first.days,
        whole=Attendance(
            _people(groups, lambda _: True),
            tuple(day.figures.arrived for day in days),
            first.figures.registered,
        ),
        delegations=[(one, _of_delegation(groups, days, one)) for one in first.delegations],
        gates=[(one, _of_gate(groups, days, one)) for one in first.gates],
    )


def _of_delegation(
    groups: _Groups, days: Sequence[LiveCounts], of: DelegationFigures
) -> Attendance:
    return Attendance(
        _people(groups, lambda group: group.delegation_id == of.id),
        tuple(one.figures.arrived for day in days for one in day.delegations if one.id == of.id),
        of.figures.registered,
    )


def _of_gate(groups: _Groups, days: Sequence[LiveCounts], of: GateCount) -> Attendance:
    return Attendance(
        _people(groups, lambda group: group.gate_id == of.id),
        tuple(one.arrived for day in days for one in day.gates if one.id == of.id),
    )


def _people(groups: _Groups, belongs: Callable[[ArrivalGroup], bool]) -> Arrivals | None:
    if groups is None:
        return None
    return sum((group.arrivals for group in groups if belongs(group)), Arrivals())
