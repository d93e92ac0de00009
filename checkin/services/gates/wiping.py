"""Which revoked devices have said that they erased what they held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Gate
from checkin.errors import Conflict, Unauthenticated
from checkin.services.gates.devices import hash_token


@dataclass(frozen=True, slots=True)
class RevokedDevice:
    """A device that lost its right.

    Attributes:
        name: "" after a purge: a device may be called after somebody.
        wiped_at: when it said that its list, names and token are erased; None: not yet.
    """

    id: int
    name: str
    gate: str
    last_seen_at: datetime | None
    wiped_at: datetime | None


def confirm_wipe(session: Session, token: str, *, now: datetime) -> datetime:
    """Write down that a revoked device has erased what it held; the first time counts.

    Raises:
        Unauthenticated: no device ever had this token.
        Conflict: the device is in use, so it has nothing to erase.
    """
    device = session.scalar(
        select(Device).where(Device.token_hash == hash_token(token)).with_for_update()
    )
    if device is None:
        raise Unauthenticated("this device is not paired: pair it")
    if device.revoked_at is None:
        raise Conflict("this device was not revoked: it keeps what it holds")
    device.wiped_at = device.wiped_at or now
    session.flush()
    return device.wiped_at


def revoked_devices(session: Session, event: Event) -> Sequence[RevokedDevice]:
    """Return an event's revoked devices: those that have not confirmed their wipe first."""
    rows = session.execute(
        select(Device, Gate.name)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event.id, Device.revoked_at.is_not(None))
        .order_by(Device.wiped_at.is_not(None), Gate.name, Device.id)
    )
    return [
        RevokedDevice(one.id, one.name, gate, one.last_seen_at, one.wiped_at) for one, gate in rows
    ]
