"""Read the facts that decide a scan: one query, and a lock only where places are scarce."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
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
from checkin.domain.scanning.facts import Direction, EntryPolicy, RegistrationStatus, ScanFacts
from checkin.services.common.locks import admit_alone, lock_event, share_admissions
from checkin.services.gates.devices import PairedDevice
from checkin.services.people.delegations import first_entry
from checkin.services.people.places import lent_hall, lent_places
from checkin.services.people.search import RECORD_ID, badges_with_holders, people_with_badges

#: Longer than any admission takes from reading to writing, and than nodes' clocks differ.
LONGEST_ADMISSION = timedelta(minutes=5)
#: Scans of an upload that share a transaction: few, so that live scans do not wait for long.
CHUNK = 25


@dataclass(frozen=True, slots=True)
class Place:
    """When and through which gate a person came in."""

    at: datetime
    gate_id: int
    gate_name: str
    gate_name_ar: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """An admission that has not ended, and the day to which it belongs."""

    admission_id: int
    at: datetime
    day: int


class Holder(NamedTuple):
    """The participant behind a scan, and the state of the delegation.

    `badge_id` is None for a person who was found in a list and has no working badge.
    """

    badge_id: UUID | None
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
    standing: str = RegistrationStatus.CONFIRMED
    flags: str | None = None


class ScanName(NamedTuple):
    """How a scan names whom it is about: by a unique column of `badge`, or by a person's id."""

    column: Literal["token_hash", "ref", "participant_id"]
    value: bytes | int
    #: the badge is shown; else the person was found in a list, which may name the badge, too
    is_shown: bool = True


_first = aliased(Admission)
_open = aliased(Admission)

_WHEN = (
    _first.admitted_at.label("first_at"),
    _first.gate_id.label("first_gate_id"),
    Gate.name.label("first_gate"),
    Gate.name_ar.label("first_gate_ar"),
    _open.id.label("open_id"),
    _open.admitted_at.label("open_since"),
    _open.day.label("open_day"),
)
_IS_OPEN = and_(
    _open.participant_id == Participant.id,
    _open.day == bindparam("day"),  # between two days the hall is empty
    _open.annulled_at.is_(None),
    _open.exited_at.is_(None),
)
_ENTRIES = (
    select(func.count(Admission.id))
    .where(
        Admission.participant_id == Participant.id,
        Admission.day == bindparam("day"),
        Admission.annulled_at.is_(None),
    )
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
    """Return the sum of a column over the day's tallies of the participant's delegation."""
    return (
        select(func.coalesce(func.sum(column), 0))
        .where(
            ArrivalTally.delegation_id == Participant.delegation_id,
            ArrivalTally.day == bindparam("day"),
        )
        .correlate(Participant)
        .scalar_subquery()
    )


def _in_the_hall() -> Any:
    return (
        select(func.coalesce(func.sum(ArrivalTally.inside), 0))
        .where(ArrivalTally.event_id == bindparam("event_id"), ArrivalTally.day == bindparam("day"))
        .scalar_subquery()
    )


def _lent() -> Any:
    of = Participant.delegation_id
    return lent_places(bindparam("event_id"), of, bindparam("now"), Participant)


def _hall() -> Any:
    return _in_the_hall() + lent_hall(bindparam("event_id"), bindparam("now"))


def _under_way() -> Any:
    """Return how many admissions may be under way at once, of all processes and nodes.

    Each needs a connection to PostgreSQL until its commit, also behind a pooler. Only an upload,
    of which an event has one at a time, makes several in a transaction.
    """
    return cast(func.current_setting("max_connections"), Integer) + (CHUNK - 1)


def facts_query(
    dialect: str, column: str, *, with_hall: bool, with_lent: bool
) -> Select[*tuple[Any, ...]]:
    """Return the query for who has :value, at :gate_id of :event_id, at :now of :day.

    Args:
        column: in which to look for the value, as in `ScanName`.
        with_hall: count the people in the hall, including those for whom devices are lent room.
        with_lent: count the delegation's places that are lent to devices.
    """
    counts_under_way = dialect == "postgresql" and (with_hall or with_lent)
    named = _by_person if column == "participant_id" else partial(_by_badge, column)
    return (
        named(
            *_WHEN,
            Delegation.quota,
            _ENTRIES.label("entries"),
            _GATE_ADMITS.label("gate_admits"),
            Participant.category_id,
            _counted(ArrivalTally.arrived).label("arrived"),
            _counted(ArrivalTally.without_place).label("without_place"),
            (_lent() if with_lent else literal(0)).label("lent"),
            (_hall() if with_hall else literal(0)).label("hall_inside"),
            (_under_way() if counts_under_way else literal(0)).label("under_way"),
        )
        .outerjoin(_first, first_entry(_first, day=bindparam("day")))
        .outerjoin(Gate, Gate.id == _first.gate_id)
        .outerjoin(_open, _IS_OPEN)
    )


def _by_badge(column: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    return badges_with_holders(*columns).where(Badge.__table__.c[column] == bindparam("value"))


def _by_person(*columns: Any) -> Select[*tuple[Any, ...]]:
    # Ids are small numbers: of another event's people not even that there is somebody is told.
    return people_with_badges(*columns).where(
        bindparam("value") == RECORD_ID, Participant.event_id == bindparam("event_id")
    )


_FACTS = {
    (dialect, column, with_hall, with_lent): facts_query(
        dialect, column, with_hall=with_hall, with_lent=with_lent
    )
    for dialect in ("sqlite", "postgresql")
    for column in ("token_hash", "ref", "participant_id")
    for with_hall in (False, True)
    for with_lent in (False, True)
}
UNKNOWN = ScanFacts(known=False)


def scan_facts(
    connection: Connection,
    device: PairedDevice,
    named: ScanName | None,
    *,
    direction: Direction,
    forced: bool,
    now: datetime,
    at: datetime,
    is_decided: bool = False,
    leased: bool = False,
    supervised: bool = False,
) -> tuple[ScanFacts, Holder | None]:
    """Return the facts that `decide` needs, and whom the scan is about.

    Where the answer depends on the last few places, this admission goes alone, so that no two
    gates give away the same place; on SQLite the transaction itself sees to that.

    Args:
        named: None for a text that is no code of ours.
        now: the server's time, by which leases expire.
        at: when the badge was read, which tells the day of the event to which the scan belongs.
        is_decided: a gate has decided the scan already, so that it has no place to wait for.
        leased: the scan names a lease, so the event's row is locked before anything is read.
        supervised: a supervisor has given their PIN.
    """
    if leased:
        lock_event(connection, device.event_id)
    policy, day = device.policy_at(at), device.day_at(at)
    is_limited = _is_limited(policy, now)
    if is_limited:
        share_admissions(connection, device.event_id)
    row = _row(connection, device, policy, named, now, day, leased=leased)
    if row is None or named is None:
        return UNKNOWN, None
    takes_a_place = is_limited and not is_decided and direction == Direction.ENTRY
    if takes_a_place and scarce(row, policy):
        admit_alone(connection, device.event_id)
        row = _row(connection, device, policy, named, now, day) or row
    facts = replace(
        _facts(row, device, direction),
        forced=forced,
        supervised=supervised,
        badge_shown=named.is_shown,
    )
    return facts, holder_of(row, place_of(row), _open_stay(row))


def _is_limited(policy: EntryPolicy, now: datetime) -> bool:
    # Until the reserve list is let in, each admission has a place of the quota. Those that began
    # before then are over by the time that it is.
    reserve_from = policy.reserve_from
    has_reserve = reserve_from is not None and reserve_from - LONGEST_ADMISSION <= now
    return policy.capacity is not None or has_reserve


def scarce(row: Any, policy: EntryPolicy) -> bool:
    """Say whether a limit is so near that concurrent admissions could exceed it together.

    While more places are free than admissions can be under way, they cannot, however long one of
    them takes: nobody goes alone before all of them have committed.

    Confirmed participants alone cannot exceed the quota, because each holds a place of it. People
    of the reserve list can, so they always go alone: then whoever grants or gives places sees
    every place that is no longer free.
    """
    near_capacity: bool = (
        policy.capacity is not None and policy.capacity - row.hall_inside <= row.under_way
    )
    if near_capacity or policy.reserve_from is None:
        return near_capacity
    queues: bool = (
        row.standing == RegistrationStatus.RESERVE or row.quota - _places_used(row) <= row.under_way
    )
    return queues


def _places_used(row: Any) -> int:
    used: int = row.arrived - row.without_place + row.lent
    return used


def _row(
    connection: Connection,
    device: PairedDevice,
    policy: EntryPolicy,
    named: ScanName | None,
    now: datetime,
    day: int,
    *,
    leased: bool = False,
) -> Row[Any] | None:
    if named is None:
        return None
    dialect, with_hall = connection.dialect.name, policy.capacity is not None
    with_lent = leased or policy.reserve_from is not None
    query = _FACTS[dialect, named.column, with_hall, with_lent]
    given = {
        "value": named.value,
        "gate_id": device.gate_id,
        "event_id": device.event_id,
        "now": now,
        "day": day,
    }
    return connection.execute(query, given).first()


def _facts(row: Row[Any], device: PairedDevice, direction: Direction) -> ScanFacts:
    return ScanFacts(
        known=True,
        same_event=row.event_id == device.event_id,
        badge_revoked=row.revoked_at is not None,
        standing=RegistrationStatus(row.standing),
        blocked=row.blocked,
        gate_admits=bool(row.gate_admits),
        gate_id=device.gate_id,
        category_id=row.category_id,
        entries=row.entries,
        inside=row.open_id is not None,
        places_used=_places_used(row),
        quota=row.quota,
        hall_inside=row.hall_inside,
        direction=direction,
    )


def _open_stay(row: Row[Any]) -> Stay | None:
    return Stay(row.open_id, row.open_since, row.open_day) if row.open_id else None


def holder_of(
    row: Row[Any], first: Place | None = None, inside_since: Stay | None = None
) -> Holder:
    """Return the participant described by a row of `WHO` and the delegation's counts."""
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
        first=first,
        inside_since=inside_since,
        standing=row.standing,
        flags=row.flags,
    )


def place_of(row: Row[Any]) -> Place | None:
    """Return when and where a person first came in, or None if a row says that they did not."""
    if row.first_at is None:
        return None
    return Place(row.first_at, row.first_gate_id, row.first_gate, row.first_gate_ar)
