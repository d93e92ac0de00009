"""Lend places to devices, so that doors without the network never pass a limit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from checkin.db.models import ArrivalTally, Delegation, Device, Event, Lease, LeasePlace
from checkin.domain.leases import ACTIVE_WITHIN, LIFETIME, share
from checkin.services.devices import PairedDevice
from checkin.services.doors import hold_doors
from checkin.services.places import free_places, lent_hall
from checkin.services.reserve_list import move_up_everywhere

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
    """What a device may admit by itself.

    Attributes:
        delegations: all of the event by name, those without places too.
        hall: how many people it may let into the hall; None where the hall has no limit.
    """

    lease_id: UUID
    expires_at: datetime
    delegations: Sequence[LentPlaces]
    hall: int | None


def grant_lease(
    session: Session, device: PairedDevice, *, now: datetime, held: UUID | None = None
) -> GrantedLease:
    """Lend a device its share of the places that are nobody's.

    Grants of an event queue, and wait for the admissions that are under way. Who waits on a
    reserve list comes first: only what is left then is lent.

    Args:
        held: the lease that the device has at hand. Older ones end; this one and those granted
            since stay counted, because the answer that grants may be lost on the way.
    """
    hold_doors(session, device.event_id)
    _end_overtaken(session, device, held, now)
    _forget_old(session, device, now)
    move_up_everywhere(session, session.get_one(Event, device.event_id), now)
    devices = _active_devices(session, device, now)
    delegations = _delegation_shares(session, device, devices, now)
    hall = _hall_share(session, device, devices, now)
    lease = GrantedLease(uuid4(), now + LIFETIME, delegations, hall)
    _keep(session, device, lease, now)
    return lease


def return_lease(
    session: Session, device: PairedDevice, *, now: datetime, lease_id: UUID | None = None
) -> UUID | None:
    """End what a device holds, and let the reserve list move up; again changes nothing.

    Args:
        lease_id: end only this lease of the device and older ones, so that a request that was long
            on its way ends none that was granted since.

    Returns:
        The lease ended, the newest of several; None where there was none.
    """
    hold_doors(session, device.event_id)
    which = [] if lease_id is None else [Lease.granted_at <= _granted_at(device, lease_id)]
    ended = session.execute(
        update(Lease)
        .where(*_held_by(device), *which)
        .values(ended_at=now)
        .returning(Lease.granted_at, Lease.id)
    ).all()
    move_up_everywhere(session, session.get_one(Event, device.event_id), now)
    return max(ended).id if ended else None


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
    """End what the device can no longer use: older than what it has at hand, or expired."""
    overtaken = Lease.granted_at < _granted_at(device, held)
    session.execute(
        update(Lease)
        .where(*_held_by(device), or_(overtaken, Lease.expires_at <= now))
        .values(ended_at=now)
    )


def _active_devices(session: Session, device: PairedDevice, now: datetime) -> int:
    """Count the devices in touch; the one that asks is, whatever its row says."""
    return session.scalars(
        select(func.count(Device.id)).where(
            Device.event_id == device.event_id,
            Device.revoked_at.is_(None),
            or_(Device.last_seen_at > now - ACTIVE_WITHIN, Device.id == device.id),
        )
    ).one()


def _delegation_shares(
    session: Session, device: PairedDevice, devices: int, now: datetime
) -> list[LentPlaces]:
    rows = session.execute(
        select(
            Delegation.id,
            Delegation.name,
            Delegation.name_ar,
            free_places(now, besides=device.id).label("free"),
        )
        .where(Delegation.event_id == device.event_id)
        .order_by(Delegation.name)
    )
    return [LentPlaces(row.id, row.name, row.name_ar, share(row.free, devices)) for row in rows]


def _hall_share(session: Session, device: PairedDevice, devices: int, now: datetime) -> int | None:
    capacity = device.policy.capacity
    if capacity is None:
        return None
    inside = select(func.coalesce(func.sum(ArrivalTally.inside), 0)).where(
        ArrivalTally.event_id == device.event_id
    )
    taken = session.scalars(
        select(inside.scalar_subquery() + lent_hall(device.event_id, now, besides=device.id))
    ).one()
    return share(capacity - taken, devices)


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
