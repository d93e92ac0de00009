"""What a device's leases lend to an admission that it made by itself, and paying it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, or_, select, update

from checkin.db.models import Delegation, Lease, LeasePlace
from checkin.domain.admission import ScanFacts, Standing
from checkin.domain.leases import NO_LOAN, Loan, in_life
from checkin.domain.verdicts import Direction
from checkin.services.devices import PairedDevice
from checkin.services.places import free_places
from checkin.services.scan_facts import Holder
from checkin.services.scan_log import Reading


@dataclass(frozen=True, slots=True)
class Debt:
    """A loan, and the leases that it counts against once the person is counted in.

    Attributes:
        places: leases of which a place of `delegation_id` is used.
        halls: leases of which room for one in the hall is used.
    """

    loan: Loan = NO_LOAN
    delegation_id: int = 0
    places: tuple[UUID, ...] = ()
    halls: tuple[UUID, ...] = ()


NO_DEBT = Debt()


def debt_of(
    connection: Connection, device: PairedDevice, reading: Reading, facts: ScanFacts, holder: Holder
) -> Debt:
    """Return what the lease that the device names lends to this admission.

    It must be the device's own and have been in life when the badge was read. What comes after
    its end counts against the lease that the device holds since then, and without one, only a
    place that is still nobody's is lent. The caller holds the event's row.
    """
    if reading.lease_id is None or reading.direction != Direction.ENTRY:
        return NO_DEBT
    leases = _leases(connection, device, reading, holder.delegation_id)
    named = _named(leases, reading)
    if named is None:
        return NO_DEBT
    held = next((lease for lease in leases if _is_held(lease, reading.received_at)), None)
    wants_place = facts.standing == Standing.RESERVE and facts.entries == 0
    place_of = _both(named, held, _has_place) if wants_place else ()
    hall_of = _both(named, held, _has_room)
    place_held, hall_held = _includes(place_of, held), _includes(hall_of, held)
    place = place_held or (bool(place_of) and _is_free(connection, holder, reading.received_at))
    return Debt(
        Loan(place=place, place_held=place_held, hall_held=hall_held),
        holder.delegation_id,
        tuple(lease.id for lease in place_of) if place else (),
        tuple(lease.id for lease in hall_of),
    )


def spend(connection: Connection, debt: Debt) -> None:
    """Count an admission against its leases; their rows' checks keep it within what was lent."""
    if debt.places:
        connection.execute(
            update(LeasePlace)
            .where(
                LeasePlace.lease_id.in_(debt.places),
                LeasePlace.delegation_id == debt.delegation_id,
            )
            .values(used=LeasePlace.used + 1)
        )
    if debt.halls:
        connection.execute(
            update(Lease).where(Lease.id.in_(debt.halls)).values(hall_used=Lease.hall_used + 1)
        )


def _leases(
    connection: Connection, device: PairedDevice, reading: Reading, delegation_id: int
) -> Sequence[Any]:
    """Return the device's lease that the scan names and the one it has not given back."""
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
            Lease.device_id == device.id,
            or_(Lease.id == reading.lease_id, Lease.ended_at.is_(None)),
        )
    ).all()


def _named(leases: Sequence[Row[Any]], reading: Reading) -> Row[Any] | None:
    for lease in leases:
        if lease.id == reading.lease_id:
            alive = in_life(reading.at, lease.granted_at, lease.expires_at)
            return lease if alive else None
    return None


def _is_held(lease: Row[Any], now: datetime) -> bool:
    return lease.ended_at is None and lease.expires_at > now


def _has_place(lease: Row[Any]) -> bool:
    return lease.places is not None and lease.used < lease.places


def _has_room(lease: Row[Any]) -> bool:
    return lease.hall is not None and lease.hall_used < lease.hall


def _both(named: Row[Any], held: Row[Any] | None, has: Any) -> tuple[Row[Any], ...]:
    """Return the named lease and the one held, each once, as far as they have something left."""
    if not has(named):
        return ()
    if held is None or held.id == named.id or not has(held):
        return (named,)
    return (named, held)


def _includes(leases: Sequence[Row[Any]], held: Row[Any] | None) -> bool:
    return held is not None and any(lease.id == held.id for lease in leases)


def _is_free(connection: Connection, holder: Holder, now: datetime) -> bool:
    free = connection.scalars(
        select(free_places(now)).where(Delegation.id == holder.delegation_id)
    ).one()
    return free > 0
