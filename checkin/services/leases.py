"""Lend places to devices, so that doors without the network never pass a limit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import ArrivalTally, Delegation, Device, Lease, LeasePlace
from checkin.domain.leases import ACTIVE_WITHIN, LIFETIME, share
from checkin.services.devices import PairedDevice
from checkin.services.doors import hold_doors
from checkin.services.places import free_places, lent_hall

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


def grant_lease(session: Session, device: PairedDevice, *, now: datetime) -> GrantedLease:
    """Lend a device its share of the places that are nobody's; the lease it held ends.

    Grants of an event queue, and wait for the admissions that are under way.
    """
    hold_doors(session.connection(), device.event_id)
    return_lease(session, device, now=now)
    _forget_old(session, device, now)
    devices = _active_devices(session, device, now)
    delegations = _delegation_shares(session, device, devices, now)
    hall = _hall_share(session, device, devices, now)
    lease = GrantedLease(uuid4(), now + LIFETIME, delegations, hall)
    _keep(session, device, lease, now)
    return lease


def return_lease(session: Session, device: PairedDevice, *, now: datetime) -> UUID | None:
    """End the lease that a device holds; return its id, or None where it held none."""
    return session.scalar(
        update(Lease)
        .where(Lease.device_id == device.id, Lease.ended_at.is_(None))
        .values(ended_at=now)
        .returning(Lease.id)
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
        select(Delegation.id, Delegation.name, Delegation.name_ar, free_places(now).label("free"))
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
        select(inside.scalar_subquery() + lent_hall(device.event_id, now))
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
