"""Lend places to devices, so that gates without the network never pass a limit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from checkin.db.models import ArrivalTally, Delegation, Device, Event, Gate, Hub, Lease, LeasePlace
from checkin.domain.events.days import day_of
from checkin.domain.gates.hub_numbers import CENTRAL_DEVICE
from checkin.domain.scanning.facts import EntryPolicy
from checkin.domain.scanning.leases import (
    ACTIVE_WITHIN,
    HUB_LIFETIME,
    LIFETIME,
    hub_share,
    pool,
    share,
    share_of_pool,
)
from checkin.services.common.locks import stop_admissions
from checkin.services.gates.devices import TALKS_TO_US, PairedDevice
from checkin.services.people.places import (
    kept_places,
    lent_hall,
    lent_places,
    outstanding,
    untaken_places,
)
from checkin.services.people.reserve_list import IS_WAITED_FOR, move_up_everywhere

#: leases that ended so long ago are forgotten; a scan under one is then judged without it
_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class LentPlaces:
    """Places of one delegation's quota."""

    id: int
    name: str
    name_ar: str | None
    places: int


@dataclass(frozen=True, slots=True)
class GrantedLease:
    """The lease that a device was granted: whom it may admit by itself.

    Attributes:
        delegations: all of the event by name, those without places too.
        hall: how many people it may let into the hall; None where the hall has no limit.
    """

    lease_id: UUID
    expires_at: datetime
    delegations: Sequence[LentPlaces]
    hall: int | None


def grant_lease(
    session: Session,
    device: PairedDevice,
    *,
    now: datetime,
    held: UUID | None = None,
    to_hub: bool = False,
) -> GrantedLease:
    """Grant a device a lease on its share of the places kept for gates, and of the hall.

    A hub is lent all that may be lent, for a day; several hubs have equal shares.

    Grants of one event run one after the other, and wait for the admissions that are under way.
    People on a reserve list are confirmed first: no free place is lent that somebody waits for.

    Args:
        held: the lease that the device has at hand. Older ones end; this one and those granted
            since stay counted, because the answer that grants may be lost on the way.
        to_hub: the device is a hub's own, and stands for all gates that the hub serves.
    """
    stop_admissions(session.connection(), device.event_id)
    _end_overtaken(session, device, held, now)
    _forget_old(session, device, now)
    event = session.get_one(Event, device.event_id)
    move_up_everywhere(session, event, now)
    lease = _share_of(session, device, uuid4(), now, to_hub=to_hub)
    _keep(session, device, lease, now)
    return lease


def return_lease(
    session: Session, device: PairedDevice, *, now: datetime, lease_id: UUID | None = None
) -> UUID | None:
    """End a device's leases, and let the reserve list move up. Repeating it changes nothing.

    Args:
        lease_id: end only this lease of the device and older ones, so that a request that was long
            on its way ends none that was granted since.

    Returns:
        The lease ended, the newest of several; None where there was none.
    """
    stop_admissions(session.connection(), device.event_id)
    which = [] if lease_id is None else [Lease.granted_at <= _granted_at(device, lease_id)]
    ended = session.execute(
        update(Lease)
        .where(*_held_by(device), *which)
        .values(ended_at=now)
        .returning(Lease.granted_at, Lease.id)
    ).all()
    move_up_everywhere(session, session.get_one(Event, device.event_id), now)
    return max(ended).id if ended else None


@dataclass(frozen=True, slots=True)
class LentTo:
    """What a device may still give away by itself.

    Attributes:
        until: when it is nobody's again, unless the device renews its lease before.
        places: of the delegations' quotas, for people who have none of their own.
        hall: for how many people it is lent room in the hall; 0 where the hall has no limit.
    """

    device_id: int
    device: str
    gate: str
    until: datetime
    places: tuple[LentPlaces, ...]
    hall: int


def lent_to(
    session: Session, event_id: int, now: datetime, *, only_gates: bool = False
) -> Sequence[LentTo]:
    """Return what is lent to devices now, by gate and device.

    Args:
        only_gates: leave out what is lent to hubs, which stand at no gate.
    """
    of_gates = (TALKS_TO_US,) if only_gates else ()
    devices = session.execute(
        select(
            Device.id,
            Device.name,
            Gate.name.label("gate"),
            func.max(Lease.expires_at).label("until"),
            func.coalesce(func.max(Lease.hall - Lease.hall_used), 0).label("hall"),
        )
        .join(Lease, Lease.device_id == Device.id)
        .join(Gate, Gate.id == Device.gate_id)
        .where(*outstanding(event_id, now), Device.id != CENTRAL_DEVICE, *of_gates)
        .group_by(Device.id, Gate.name)
        .order_by(Gate.name, Device.name)
    )
    places = _places_by_device(session, event_id, now)
    found = [
        LentTo(one.id, one.name, one.gate, one.until, tuple(places[one.id]), one.hall)
        for one in devices
    ]
    return [one for one in found if one.places or one.hall]


def _places_by_device(
    session: Session, event_id: int, now: datetime
) -> Mapping[int, Sequence[LentPlaces]]:
    left = func.max(LeasePlace.places - LeasePlace.used).label("left")
    rows = session.execute(
        select(Lease.device_id, Delegation.id, Delegation.name, Delegation.name_ar, left)
        .join(LeasePlace, LeasePlace.lease_id == Lease.id)
        .join(Delegation, Delegation.id == LeasePlace.delegation_id)
        .where(*outstanding(event_id, now))
        .group_by(Lease.device_id, Delegation.id)
        .having(left > 0)
        .order_by(Delegation.name)
    )
    places = defaultdict(list)
    for row in rows:
        places[row.device_id].append(LentPlaces(row.id, row.name, row.name_ar, row.left))
    return places


def _held_by(device: PairedDevice) -> tuple[ColumnElement[bool], ...]:
    return (Lease.device_id == device.id, Lease.ended_at.is_(None))


def _granted_at(device: PairedDevice, lease_id: UUID | None) -> Any:
    """Return when a lease was granted, as a subquery: NULL where it is not this device's."""
    of_device = aliased(Lease)
    return (
        select(of_device.granted_at)
        .where(of_device.id == lease_id, of_device.device_id == device.id)
        .scalar_subquery()
    )


def _end_overtaken(
    session: Session, device: PairedDevice, held: UUID | None, now: datetime
) -> None:
    """End the device's leases that are expired, or older than the one it holds."""
    overtaken = Lease.granted_at < _granted_at(device, held)
    session.execute(
        update(Lease)
        .where(*_held_by(device), or_(overtaken, Lease.expires_at <= now))
        .values(ended_at=now)
    )


# Built once: every device asks twice a minute.
_DEVICES = select(func.count(Device.id)).where(
    Device.event_id == bindparam("event_id"),
    Device.revoked_at.is_(None),
    or_(Device.last_seen_at > bindparam("active_since"), Device.id == bindparam("device_id")),
)
_HUBS = select(func.count(Hub.id)).where(
    Hub.event_id == bindparam("event_id"),
    Hub.revoked_at.is_(None),
    or_(Hub.last_seen_at > bindparam("hubs_since"), Hub.device_id == bindparam("device_id")),
)
_DELEGATIONS = (
    select(
        Delegation.id,
        Delegation.name,
        Delegation.name_ar,
        untaken_places().label("untaken"),
        kept_places().label("kept"),
        IS_WAITED_FOR.label("is_waited_for"),
        lent_places(
            Delegation.event_id,
            Delegation.id,
            bindparam("now"),
            Delegation,
            besides=bindparam("device_id"),
        ).label("lent"),
    )
    .where(Delegation.event_id == bindparam("event_id"))
    .order_by(Delegation.name)
)
_INSIDE = select(func.coalesce(func.sum(ArrivalTally.inside), 0)).where(
    ArrivalTally.event_id == bindparam("event_id"), ArrivalTally.day == bindparam("day")
)
_HALL_TAKEN = select(
    _INSIDE.scalar_subquery()
    + lent_hall(bindparam("event_id"), bindparam("now"), besides=bindparam("device_id"))
)


def _share_of(
    session: Session, device: PairedDevice, lease: UUID, now: datetime, *, to_hub: bool
) -> GrantedLease:
    """Work out what a device may be lent now; its own leases are replaced, so they do not count."""
    asked = {
        "event_id": device.event_id,
        "device_id": device.id,
        "day": device.day_at(now),
        "now": now,
        "active_since": now - ACTIVE_WITHIN,
        "hubs_since": now - HUB_LIFETIME,
    }
    connection, policy = session.connection(), device.policy_at(now)
    devices = connection.execute(_DEVICES, asked).scalar_one()  # the one that asks included
    hubs = connection.execute(_HUBS, asked).scalar_one() if to_hub else 0
    is_open = now >= (policy.opens_at or day_of(device.days, now).starts_at)
    delegations = [
        LentPlaces(
            row.id,
            row.name,
            row.name_ar,
            share_of_pool(_pool(row, policy, now, is_open=is_open), row.lent, hubs or devices),
        )
        for row in connection.execute(_DELEGATIONS, asked)
    ]
    hall = None
    if policy.capacity is not None:
        free = policy.capacity - connection.execute(_HALL_TAKEN, asked).scalar_one()
        online = devices > 1
        hall = hub_share(free, hubs, gates_online=online) if to_hub else share(free, devices)
    return GrantedLease(lease, now + (HUB_LIFETIME if to_hub else LIFETIME), delegations, hall)


def _pool(delegation: Row[Any], policy: EntryPolicy, now: datetime, *, is_open: bool) -> int:
    may_lend = _may_lend(delegation, policy, now)
    return pool(delegation.untaken, kept=delegation.kept, may_lend=may_lend, is_open=is_open)


def _may_lend(delegation: Row[Any], policy: EntryPolicy, now: datetime) -> bool:
    return policy.releases_reserve(now) or not delegation.is_waited_for


def _keep(session: Session, device: PairedDevice, lease: GrantedLease, now: datetime) -> None:
    session.execute(
        insert(Lease).values(
            id=lease.lease_id,
            event_id=device.event_id,
            device_id=device.id,
            granted_at=now,
            expires_at=lease.expires_at,
            hall=lease.hall,
            hall_used=0,
        )
    )
    places = [
        {
            "lease_id": lease.lease_id,
            "delegation_id": lent.id,
            "event_id": device.event_id,
            "places": lent.places,
            "used": 0,
        }
        for lent in lease.delegations
        if lent.places
    ]
    if places:
        session.execute(insert(LeasePlace), places)


def _forget_old(session: Session, device: PairedDevice, now: datetime) -> None:
    old = select(Lease.id).where(Lease.device_id == device.id, Lease.ended_at < now - _KEPT)
    if session.scalars(old.limit(1)).first() is None:
        return
    session.execute(delete(LeasePlace).where(LeasePlace.lease_id.in_(old)))
    session.execute(delete(Lease).where(Lease.id.in_(old)))
