"""What is known of a badge when it is read: one query, and a lock only where places are scarce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from checkin.db.engine import POOL_SIZE
from checkin.db.models import (
    Admission,
    ArrivalTally,
    Badge,
    Category,
    Delegation,
    Event,
    Gate,
    GateCategory,
    Participant,
)
from checkin.domain.admission import EntryPolicy, ScanFacts, Standing
from checkin.domain.verdicts import Direction
from checkin.services.devices import PairedDevice

#: Within this many places of a limit, admissions queue for the event's row. Further off they need
#: not: fewer transactions than this can be under way at once (PostgreSQL's own limit is 100
#: connections, ours POOL_SIZE a process), so together they cannot reach the limit unseen.
SCARCE = max(128, 2 * POOL_SIZE)


@dataclass(frozen=True, slots=True)
class Place:
    """When and through which gate someone came in."""

    at: datetime
    gate_id: int
    gate_name: str


@dataclass(frozen=True, slots=True)
class Stay:
    """An admission that has not ended."""

    admission_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """The participant behind a badge, and the state of the delegation."""

    badge_id: UUID
    participant_id: int
    name: str
    name_ar: str | None
    category: str
    category_ar: str | None
    delegation_id: int
    delegation: str
    delegation_ar: str | None
    arrived: int
    quota: int
    first: Place | None = None
    inside_since: Stay | None = None


_first = aliased(Admission)
_open = aliased(Admission)

_WHO = (
    Badge.id.label("badge_id"),
    Badge.event_id,
    Badge.revoked_at,
    Participant.id.label("participant_id"),
    Participant.name,
    Participant.name_ar,
    Participant.standing,
    Participant.blocked,
    Category.name.label("category"),
    Category.name_ar.label("category_ar"),
    Delegation.id.label("delegation_id"),
    Delegation.name.label("delegation"),
    Delegation.name_ar.label("delegation_ar"),
    Delegation.quota,
)
_WHEN = (
    _first.admitted_at.label("first_at"),
    _first.gate_id.label("first_gate_id"),
    Gate.name.label("first_gate"),
    _open.id.label("open_id"),
    _open.admitted_at.label("open_since"),
)
_IS_FIRST = and_(
    _first.participant_id == Participant.id,
    _first.entry_no == 1,
    _first.annulled_at.is_(None),
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


def _facts_query(*, with_hall: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *_WHO,
            *_WHEN,
            _ENTRIES.label("entries"),
            _GATE_ADMITS.label("gate_admits"),
            _counted(ArrivalTally.arrived).label("arrived"),
            _counted(ArrivalTally.without_place).label("without_place"),
            (_in_the_hall() if with_hall else literal(0)).label("hall_inside"),
        )
        .join(Participant, Participant.id == Badge.participant_id)
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .outerjoin(_first, _IS_FIRST)
        .outerjoin(Gate, Gate.id == _first.gate_id)
        .outerjoin(_open, _IS_OPEN)
        .where(Badge.token_hash == bindparam("token_hash"))
    )


_FACTS = {with_hall: _facts_query(with_hall=with_hall) for with_hall in (False, True)}
_LOCK_EVENT = select(Event.id).where(Event.id == bindparam("event_id")).with_for_update()
_UNKNOWN = ScanFacts(known=False)


def scan_facts(
    session: Session,
    device: PairedDevice,
    token_hash: bytes | None,
    *,
    direction: Direction,
    forced: bool,
) -> tuple[ScanFacts, Holder | None]:
    """Return what `decide` needs and whom the badge belongs to.

    Where the answer depends on the last few places, the event's row is locked first, so that no
    two gates give away the same place; on SQLite the transaction itself is that lock.
    """
    row = _row(session, device, token_hash)
    if row is None:
        return _UNKNOWN, None
    if direction == Direction.ENTRY and scarce(row, device.policy):
        session.connection().execute(_LOCK_EVENT, {"event_id": device.event_id})
        row = _row(session, device, token_hash) or row
    return _facts(row, device, direction, forced=forced), _holder(row)


def scarce(row: Any, policy: EntryPolicy) -> bool:
    """Say whether a limit is near enough for concurrent admissions to pass it together.

    Confirmed participants cannot exceed the quota, because each holds a place of it, until people
    of the reserve list are admitted as well.
    """
    near_quota = row.quota - (row.arrived - row.without_place) <= SCARCE
    near_capacity = policy.capacity is not None and policy.capacity - row.hall_inside <= SCARCE
    return near_capacity or (policy.reserve_from is not None and near_quota)


def _row(session: Session, device: PairedDevice, token_hash: bytes | None) -> Row[Any] | None:
    if token_hash is None:
        return None
    return (
        session.connection()
        .execute(
            _FACTS[device.policy.capacity is not None],
            {"token_hash": token_hash, "gate_id": device.gate_id, "event_id": device.event_id},
        )
        .first()
    )


def _facts(row: Row[Any], device: PairedDevice, direction: Direction, *, forced: bool) -> ScanFacts:
    return ScanFacts(
        known=True,
        same_event=row.event_id == device.event_id,
        badge_revoked=row.revoked_at is not None,
        standing=Standing(row.standing),
        blocked=row.blocked,
        gate_admits=bool(row.gate_admits),
        entries=row.entries,
        inside=row.open_id is not None,
        places_used=row.arrived - row.without_place,
        quota=row.quota,
        hall_inside=row.hall_inside,
        direction=direction,
        forced=forced,
    )


def _holder(row: Row[Any]) -> Holder:
    return Holder(
        badge_id=row.badge_id,
        participant_id=row.participant_id,
        name=row.name,
        name_ar=row.name_ar,
        category=row.category,
        category_ar=row.category_ar,
        delegation_id=row.delegation_id,
        delegation=row.delegation,
        delegation_ar=row.delegation_ar,
        arrived=row.arrived,
        quota=row.quota,
        first=Place(row.first_at, row.first_gate_id, row.first_gate) if row.first_at else None,
        inside_since=Stay(row.open_id, row.open_since) if row.open_id else None,
    )
