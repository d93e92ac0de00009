"""Check invariant 4: admissions never exceed a quota, the hall, or what was lent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, exists, func, select

from checkin.db.models import Admission, Conflict, Delegation, Participant, Scan
from checkin.domain.scanning.facts import Direction, RegistrationStatus
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.services.people.places import free_places, lent_hall, unlent_places

if TYPE_CHECKING:
    from tests.simulation.world import World

_LIMITS = (Reason.UNAPPROVED, Reason.QUOTA_EXCEEDED, Reason.CAPACITY_EXCEEDED)
#: a clock that was set back by less than a device can notice may use a lease so much longer
_UNNOTICED = timedelta(seconds=105)


# Built once: these are asked after every request.
_WITH_PLACE = (
    select(Admission.delegation_id, func.count())
    .where(
        Admission.event_id == bindparam("event_id"),
        Admission.entry_no == 1,
        Admission.annulled_at.is_(None),
        Admission.without_place.is_(False),
    )
    .group_by(Admission.delegation_id)
)
_OVERDRAWN = select(Delegation.id).where(
    Delegation.event_id == bindparam("event_id"), unlent_places(bindparam("now")) < 0
)
_INSIDE = (
    select(func.count(Admission.id))
    .join(Scan, Scan.id == Admission.scan_pk)
    .where(
        Admission.event_id == bindparam("event_id"),
        Admission.annulled_at.is_(None),
        Admission.exited_at.is_(None),
        ~exists().where(Conflict.scan_pk == Scan.id),
        Scan.forced.is_(False),
    )
    .scalar_subquery()
)
_TAKEN = select(_INSIDE + lent_hall(bindparam("event_id"), bindparam("now")))


def passed_limits(world: World) -> list[str]:
    """Return a sentence for every limit that is exceeded at this moment."""
    now = {"event_id": world.event.id, "now": world.time.now}
    with world.server.database.reading() as connection:
        return [*_places(world, connection, now), *_seats(world, connection, now)]


def _places(world: World, connection: Connection, now: dict[str, Any]) -> Iterator[str]:
    for delegation_id, used in connection.execute(_WITH_PLACE, now):
        if used > world.quotas[delegation_id]:
            yield f"{used} places of {world.quotas[delegation_id]} are used"
    if world.reserve_from is not None:
        return  # then the gates online give away places of people who may come yet
    for delegation_id in connection.scalars(_OVERDRAWN, now):
        yield f"delegation {delegation_id} has lent or confirmed more than its quota"


def _seats(world: World, connection: Connection, now: dict[str, Any]) -> Iterator[str]:
    taken = connection.scalar(_TAKEN, now) if world.capacity is not None else 0
    if taken > (world.capacity or 0):
        yield f"{taken} people are inside or lent a seat, of {world.capacity}"


def limits(world: World) -> Iterator[str]:
    """Return admissions beyond a lease, and admissions that a valid lease did not cover."""
    yield from dict.fromkeys(world.seen)
    yield from _given_away(world)
    yield from _not_held(world)
    yield from _used_after_the_end(world)


def _given_away(world: World) -> Iterator[str]:
    """No gate admits more people than it was lent places, by the statuses in its own list."""
    places: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    seats: defaultdict[str, set[str]] = defaultdict(set)
    standings = {
        told.verdict.scan.scan_id: told
        for gate in world.gates
        for told in gate.told
        if told.verdict.offline and told.verdict.participant
    }
    for scan_id, scan in _let_in_offline(world):
        told, lease = standings.get(scan_id), str(scan.get("lease_id", "none"))
        if told is None:
            continue
        seats[lease].add(scan_id)
        if told.standing == RegistrationStatus.RESERVE:
            places[lease, told.verdict.delegation["id"]].add(scan_id)
    for (lease, delegation_id), given in places.items():
        if len(given) > _lent(world, lease, delegation_id):
            yield f"{len(given)} places of {delegation_id} given away on lease {lease}"
    for lease, given in seats.items() if world.capacity is not None else ():
        if len(given) > (world.log.leases.get(lease, {}).get("hall") or 0):
            yield f"{len(given)} seats given away on lease {lease}"


def _not_held(world: World) -> Iterator[str]:
    """An admission by a lease that was uploaded before the lease's end never exceeds a limit.

    Excepted are confirmed people whose place went to the reserve list: theirs needs no lease. So
    are those who were confirmed by the gate's list, and wait since they were registered again, or
    moved to a delegation that is full.
    """
    standings = {t.verdict.scan.scan_id: t.standing for gate in world.gates for t in gate.told}
    for scan_id, scan in _let_in_offline(world):
        at, result = world.log.first[scan_id]
        lease = world.log.leases.get(str(scan.get("lease_id")))
        if lease is None or at >= datetime.fromisoformat(lease["expires_at"]):
            continue
        confirmed = standings.get(scan_id) == RegistrationStatus.CONFIRMED
        if confirmed and result["reason"] == Reason.QUOTA_EXCEEDED:
            continue
        person = world.person_by_ref(scan["badge_ref"])
        waits_again = person is not None and person.participant_id in world.may_wait_again
        if confirmed and waits_again and result["reason"] == Reason.UNAPPROVED:
            continue
        if result["reason"] in _LIMITS and not result["replayed"]:
            yield f"{scan_id} was let in by its lease and is {result['reason']}"


def _used_after_the_end(world: World) -> Iterator[str]:
    for gate in world.gates:
        for scan_id, lease_id, *_ in gate.spent:
            lease = world.log.leases.get(lease_id)
            if lease is None or scan_id not in gate.accepted:
                continue
            late = gate.accepted[scan_id] - datetime.fromisoformat(lease["expires_at"])
            if late > _UNNOTICED:
                yield f"{scan_id} used lease {lease_id} {late} after its end at {gate.name}"


def moved_up(world: World) -> Iterator[str]:
    """Return people who are on a reserve list although a place is free, and held for nobody."""
    waits = exists().where(
        Participant.delegation_id == Delegation.id,
        Participant.standing == RegistrationStatus.RESERVE,
    )
    held = (
        select(func.count())
        .where(
            Participant.delegation_id == Delegation.id,
            Participant.unchecked_as == RegistrationStatus.CONFIRMED,
        )
        .correlate(Delegation)
        .scalar_subquery()
    )
    query = select(Delegation.name).where(
        Delegation.event_id == world.event.id, waits, free_places(world.time.now) > held
    )
    with world.server.database.read() as session:
        for name in session.scalars(query):
            yield f"somebody of {name} waits and has a free place"


def _let_in_offline(world: World) -> list[tuple[str, dict[str, Any]]]:
    latest = {scan["scan_id"]: scan for _, scan in world.log.batched}
    return [
        (scan_id, scan)
        for scan_id, scan in latest.items()
        if scan["decided"]["status"] == Status.OK and scan["type"] == Direction.ENTRY
    ]


def _lent(world: World, lease_id: str, delegation_id: int) -> int:
    lent = world.log.leases.get(lease_id, {}).get("delegations", [])
    return sum(one["places"] for one in lent if one["id"] == delegation_id)
