"""The report of an event: who has come, by delegation, category, gate and hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Category, Participant
from checkin.domain.board.figures import Arrivals, CategoryArrivals, arrivals_by
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.board.live_counts import GateCount, LiveCounts
from checkin.services.people.arrivals import arrival_groups
from checkin.services.people.figures import DelegationFigures


@dataclass(frozen=True, slots=True)
class Report:
    """Who has come to an event on a day. The arrivals of every part sum to the same `arrivals`.

    Attributes:
        categories: empty where a purge has erased which people were of which.
        hours: by the hour's beginning (UTC); hours in which nobody came are left out.
    """

    arrivals: Arrivals
    delegations: Sequence[tuple[DelegationFigures, Arrivals]]
    categories: Sequence[CategoryArrivals]
    gates: Sequence[tuple[GateCount, Arrivals]]
    hours: Sequence[tuple[datetime, Arrivals]]


def report_of(session: Session, counts: LiveCounts) -> Report:
    """Return the report of the day that the counts are of.

    Args:
        session: from `Database.snapshot`, and the one that read the counts: then all of them agree.
    """
    groups = arrival_groups(session, counts.event_id, day=counts.day)
    [all_of_them] = arrivals_by(groups, lambda _: None).values() or [Arrivals()]
    by_delegation = arrivals_by(groups, lambda of: of.delegation_id)
    by_gate = arrivals_by(groups, lambda of: of.gate_id)
    by_category = arrivals_by(groups, lambda of: of.category_id)
    return Report(
        arrivals=all_of_them,
        delegations=[(one, by_delegation.get(one.id, Arrivals())) for one in counts.delegations],
        categories=[] if None in by_category else _categories(session, counts, by_category),
        gates=[(gate, by_gate.get(gate.id, Arrivals())) for gate in counts.gates],
        hours=sorted(arrivals_by(groups, lambda of: of.hour_at).items()),
    )


def _categories(
    session: Session, counts: LiveCounts, arrivals: Mapping[int | None, Arrivals]
) -> Sequence[CategoryArrivals]:
    registered = (
        select(Participant.category_id, func.count().label("people"))
        .where(
            Participant.event_id == counts.event_id,
            Participant.standing == RegistrationStatus.CONFIRMED,
        )
        .group_by(Participant.category_id)
        .subquery()
    )
    rows = session.execute(
        select(Category, func.coalesce(registered.c.people, 0))
        .outerjoin(registered, registered.c.category_id == Category.id)
        .where(Category.event_id == counts.event_id)
        .order_by(Category.position, Category.id)
    )
    return [
        CategoryArrivals(one.name, one.name_ar, people, arrivals.get(one.id, Arrivals()))
        for one, people in rows
    ]
