"""The devices of an event as organisers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Gate

#: A device in touch within this time is shown as online: its contact is written every 20 s.
ONLINE_WITHIN = timedelta(minutes=2)
#: Times are corrected for a clock that is off; from here on, a person should set it.
WRONG_FROM_MS = 60_000


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A device with the gate it stands at.

    Attributes:
        clock_is_wrong: it is a minute or more off, so that people read wrong times on it.
    """

    device: Device
    gate: Gate
    online: bool
    clock_is_wrong: bool


def devices_of(session: Session, event_id: int, now: datetime) -> Sequence[ListedDevice]:
    """Return an event's devices: those in use first, then the revoked, by gate and name."""
    rows = session.execute(
        select(Device, Gate)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event_id)
        .order_by(Device.revoked_at.is_not(None), Gate.name, Device.name, Device.id)
    )
    return [
        ListedDevice(
            device,
            gate,
            online=device.revoked_at is None and is_online(device.last_seen_at, now),
            clock_is_wrong=_clock_is_wrong(device),
        )
        for device, gate in rows
    ]


def gates_of(session: Session, event_id: int) -> Sequence[Gate]:
    """Return an event's gates by name."""
    return session.scalars(select(Gate).where(Gate.event_id == event_id).order_by(Gate.name)).all()


def is_online(seen_at: datetime | None, now: datetime) -> bool:
    """Say whether a device that was last in touch then counts as online."""
    return seen_at is not None and now - seen_at < ONLINE_WITHIN


def _clock_is_wrong(device: Device) -> bool:
    return device.revoked_at is None and abs(device.skew_ms or 0) >= WRONG_FROM_MS
