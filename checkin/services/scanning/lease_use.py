"""How a device's leases cover an admission that it made offline, and counting that use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Lease, LeasePlace
from checkin.domain.scanning.facts import Direction, RegistrationStatus, ScanFacts
from checkin.domain.scanning.leases import NO_LOAN, Loan, in_life
from checkin.services.gates.devices import PairedDevice
from checkin.services.people.places import unlent_places
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading


@dataclass(frozen=True, slots=True)
class LeaseUse:
    """What leases lend to an admission, and which leases it counts against.

    Attributes:
        places: the leases that each have one place of `delegation_id` used by it.
        halls: the leases that each have room for one person in the hall used by it.
    """

    loan: Loan = NO_LOAN
    delegation_id: int = 0
    places: tuple[UUID, ...] = ()
    halls: tuple[UUID, ...] = ()


NO_USE = LeaseUse()


def lease_use_of(
    connection: Connection, device: PairedDevice, reading: Reading, facts: ScanFacts, holder: Holder
) -> LeaseUse:
    """Return what the lease that the device names lends to this admission.

    The lease must be the device's own, or its hub's, and still be counted, or have been valid when
    the badge was read. What is used of one lease counts against every lease that the device may
    hold now, because it holds only one of them. Where none is counted any more, a place is lent
    only if it is still free. The caller holds the lock on the event's row.
    """
    if reading.lease_id is None or reading.direction != Direction.ENTRY:
        return NO_USE
    leases = _leases(connection, device, reading, holder.delegation_id)
    named = next((lease for lease in leases if _covers(lease, reading)), None)
    if named is None:
        return NO_USE
    wants_place = facts.standing == RegistrationStatus.RESERVE and facts.entries == 0
    place_of = _charged(named, leases, reading, _has_place) if wants_place else []
    hall_of = _charged(named, leases, reading, _has_room)
    place_held, hall_held = (
        any(_is_counted(lease, reading.received_at) for lease in of) for of in (place_of, hall_of)
    )
    place = place_held or (bool(place_of) and _is_free(connection, holder, reading.received_at))
    return LeaseUse(
        Loan(place=place, place_held=place_held, hall_held=hall_held),
        holder.delegation_id,
        tuple(lease.id for lease in place_of) if place else (),
        tuple(lease.id for lease in hall_of),
    )


def record_lease_use(connection: Connection, use: LeaseUse) -> None:
    """Count an admission against its leases; constraints keep the use within what was lent."""
    if use.places:
        connection.execute(
            update(LeasePlace)
            .where(
                LeasePlace.lease_id.in_(use.places),
                LeasePlace.delegation_id == use.delegation_id,
            )
            .values(used=LeasePlace.used + 1)
        )
    if use.halls:
        connection.execute(
            update(Lease).where(Lease.id.in_(use.halls)).values(hall_used=Lease.hall_used + 1)
        )


def take_lent_place(
    session: Session, device: PairedDevice, delegation_id: int, now: datetime
) -> bool:
    """Confirm somebody on a place that the device's hub was lent; False where it has none left.

    The place counts as used in the leases, and as taken in the quota from now on. The caller holds
    the lock on the event's row.
    """
    has_place = (
        LeasePlace.delegation_id == delegation_id,
        LeasePlace.used < LeasePlace.places,
        LeasePlace.lease_id.in_(
            select(Lease.id).where(
                Lease.device_id == device.borrower_id,
                Lease.ended_at.is_(None),
                Lease.expires_at > now,
            )
        ),
    )
    if session.scalars(select(LeasePlace.lease_id).where(*has_place).limit(1)).first() is None:
        return False
    taken = session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id, Delegation.places_taken < Delegation.quota)
        .values(places_taken=Delegation.places_taken + 1)
        .returning(Delegation.id)
    ).first()
    if taken is None:
        return False
    session.execute(update(LeasePlace).where(*has_place).values(used=LeasePlace.used + 1))
    return True


def _leases(
    connection: Connection, device: PairedDevice, reading: Reading, delegation_id: int
) -> Sequence[Any]:
    """Return the lease that the scan names, if it is the device's, and its leases not yet ended."""
    of_delegation = and_(LeasePlace.lease_id == Lease.id, LeasePlace.delegation_id == delegation_id)
    return connection.execute(
        select(
            Lease.id,
            Lease.granted_at,
            Lease.expires_at,
            Lease.ended_at,
            Lease.hall,
            Lease.hall_used,
            LeasePlace.places,
            LeasePlace.used,
        )
        .outerjoin(LeasePlace, of_delegation)
        .where(
            Lease.device_id == device.borrower_id,
            or_(Lease.id == reading.lease_id, Lease.ended_at.is_(None)),
        )
    ).all()


def _covers(lease: Row[Any], reading: Reading) -> bool:
    """Say whether this is the lease that the scan names, and valid for the scan.

    While a lease is counted the device may use it, whatever the device's clock says.
    """
    return lease.id == reading.lease_id and (
        _is_counted(lease, reading.received_at)
        or in_life(reading.at, lease.granted_at, lease.expires_at)
    )


def _is_counted(lease: Row[Any], now: datetime) -> bool:
    return lease.ended_at is None and lease.expires_at > now


def _has_place(lease: Row[Any]) -> bool:
    return lease.places is not None and lease.used < lease.places


def _has_room(lease: Row[Any]) -> bool:
    return lease.hall is not None and lease.hall_used < lease.hall


def _charged(
    named: Row[Any], leases: Sequence[Row[Any]], reading: Reading, has: Callable[[Row[Any]], bool]
) -> list[Row[Any]]:
    """Return the named lease and the other counted ones, as far as they have something left."""
    if not has(named):
        return []
    counted = [lease for lease in leases if _is_counted(lease, reading.received_at)]
    return [named, *(lease for lease in counted if lease.id != named.id and has(lease))]


def _is_free(connection: Connection, holder: Holder, now: datetime) -> bool:
    free = connection.scalars(
        select(unlent_places(now)).where(Delegation.id == holder.delegation_id)
    ).one()
    return free > 0
