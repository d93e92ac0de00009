"""The one query that tells all that is known of a badge."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from checkin.db.models import (
    Admission,
    ArrivalTally,
    Badge,
    Delegation,
    Gate,
    GateCategory,
    Participant,
)
from checkin.services.people.arrivals import first_entry
from checkin.services.people.holders import badges_with_holders
from checkin.services.people.places import lent_hall, lent_places

_first = aliased(Admission)
_open = aliased(Admission)

_WHEN = (
    _first.admitted_at.label("first_at"),
    _first.gate_id.label("first_gate_id"),
    Gate.name.label("first_gate"),
    _open.id.label("open_id"),
    _open.admitted_at.label("open_since"),
)
_IS_OPEN = and_(
    _open.participant_id == Participant.id,
    _open.annulled_at.is_(None),
    _open.exited_at.is_(None),
)
_ENTRIES = (
    select(func.count(Admission.id))
    .where(Admission.participant_id == Participant.id, Admission.annulled_at.is_(None))
    .scalar_subquery()
)
_GATE_ADMITS = or_(
    ~exists().where(GateCategory.gate_id == bindparam("gate_id")).correlate(None),
    exists().where(
        GateCategory.gate_id == bindparam("gate_id"),
        GateCategory.category_id == Participant.category_id,
    ),
)


def _counted(column: Any) -> Any:
    """Return the sum of a column over the tallies of the participant's delegation."""
    return (
        select(func.coalesce(func.sum(column), 0))
        .where(ArrivalTally.delegation_id == Participant.delegation_id)
        .correlate(Participant)
        .scalar_subquery()
    )


def _in_the_hall() -> Any:
    return (
        select(func.coalesce(func.sum(ArrivalTally.inside), 0))
        .where(ArrivalTally.event_id == bindparam("event_id"))
        .scalar_subquery()
    )


def _lent() -> Any:
    of = Participant.delegation_id
    return lent_places(bindparam("event_id"), of, bindparam("now"), Participant)


def _hall() -> Any:
    return _in_the_hall() + lent_hall(bindparam("event_id"), bindparam("now"))


def facts_query(*, with_hall: bool, with_lent: bool) -> Select[*tuple[Any, ...]]:
    """Return the query for a badge by :token_hash, at :gate_id of :event_id, at :now.

    Args:
        with_hall: count the people in the hall, those for whom room in it is lent included.
        with_lent: count the delegation's places that are lent.
    """
    return (
        badges_with_holders(
            *_WHEN,
            Delegation.quota,
            _ENTRIES.label("entries"),
            _GATE_ADMITS.label("gate_admits"),
            _counted(ArrivalTally.arrived).label("arrived"),
            _counted(ArrivalTally.without_place).label("without_place"),
            (_lent() if with_lent else literal(0)).label("lent"),
            (_hall() if with_hall else literal(0)).label("hall_inside"),
        )
        .outerjoin(_first, first_entry(_first))
        .outerjoin(Gate, Gate.id == _first.gate_id)
        .outerjoin(_open, _IS_OPEN)
        .where(Badge.token_hash == bindparam("token_hash"))
    )
