"""Devices that a restored database does not know: they ask, and an organiser takes them back.

A device was paired after the backup that was put back. It keeps its token, of which nothing is
known here, and all that it has seen. Who asks is unproven: an organiser recognises the device by
its name and the gate where it stands. What it holds is the first that it sends afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Gate, ReturningDevice
from checkin.errors import NotFound, TooManyRequests
from checkin.services.common.activity import note
from checkin.services.common.locks import lock_event
from checkin.services.gates.devices import add_device, device_name, gate_named, hash_token

#: devices of one event that ask at once; nobody has more laptops, and strangers may ask, too
MOST = 100
#: whoever has not asked again for so long has left
ASKS_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Return:
    """What a device says that asks to be taken back.

    Attributes:
        name: what it was called when it was paired.
        gate_id, gate_name: the gate where it stands, as it knows it.
        held: how many scans it holds for the server.
    """

    name: str
    software: str
    event: str
    gate_id: int
    gate_name: str
    held: int


def ask_to_return(session: Session, token: str, asked: Return, now: datetime) -> bool:
    """Record that a device asks to be taken back; say whether it is known already.

    Raises:
        NotFound: there is no such event, or it is purged.
        InvalidRequest: the device has no name.
        TooManyRequests: too many ask at once.
    """
    hashed = hash_token(token)
    if session.scalar(select(Device.id).where(Device.token_hash == hashed)) is not None:
        return True
    event = session.scalar(select(Event).where(Event.slug == asked.event))
    if event is None or event.purged_at is not None:
        raise NotFound("there is no such event")
    known = session.scalar(select(ReturningDevice).where(ReturningDevice.token_hash == hashed))
    if known is None:
        _refuse_crowds(session, event, now)
        known = ReturningDevice(token_hash=hashed, event_id=event.id, asked_at=now)
        session.add(known)
    known.name, known.software = device_name(asked.name), asked.software
    known.gate_id, known.gate_name = asked.gate_id, asked.gate_name
    known.held, known.last_asked_at = asked.held, now
    session.flush()
    return False


def _refuse_crowds(session: Session, event: Event, now: datetime) -> None:
    lock_event(session.connection(), event.id)
    theirs = ReturningDevice.event_id == event.id
    session.execute(
        delete(ReturningDevice).where(theirs, ReturningDevice.last_asked_at < now - ASKS_WITHIN)
    )
    count = session.scalar(select(func.count()).select_from(ReturningDevice).where(theirs)) or 0
    if count >= MOST:
        raise TooManyRequests("too many devices ask to be taken back", wait_s=60)


def returning_devices(session: Session, event_id: int, now: datetime) -> Sequence[ReturningDevice]:
    """Return the devices that ask to be taken back, by name."""
    return session.scalars(
        select(ReturningDevice)
        .where(
            ReturningDevice.event_id == event_id,
            ReturningDevice.last_asked_at >= now - ASKS_WITHIN,
        )
        .order_by(ReturningDevice.name, ReturningDevice.id)
    ).all()


def take_back(
    session: Session, event: Event, number: int, *, operator_id: int, now: datetime
) -> None:
    """Let a device that asks be one of the event's again, with the token that it has.

    Raises:
        NotFound: it does not ask any more.
        EventPurged: the event takes nobody any more.
    """
    asks = _asking(session, event, number)
    gate = session.scalar(
        select(Gate).where(Gate.id == asks.gate_id, Gate.event_id == event.id)
    ) or gate_named(session, event, asks.gate_name, create=True)
    made = add_device(
        session, event, gate, name=asks.name, software=asks.software, now=now, help_desk=False
    )
    device = session.get_one(Device, made.id)
    device.token_hash = asks.token_hash
    session.delete(asks)
    session.flush()
    note(
        session,
        event.id,
        "device.take_back",
        now,
        operator_id=operator_id,
        name=device.name,
        device=device.id,
    )


def turn_away(
    session: Session, event: Event, number: int, *, operator_id: int, now: datetime
) -> None:
    """Forget that a device asks; it may ask again.

    Raises:
        NotFound: it does not ask any more.
    """
    asks = _asking(session, event, number)
    note(session, event.id, "device.turn_away", now, operator_id=operator_id, name=asks.name)
    session.delete(asks)
    session.flush()


def _asking(session: Session, event: Event, number: int) -> ReturningDevice:
    asks = session.scalar(
        select(ReturningDevice)
        .where(ReturningDevice.id == number, ReturningDevice.event_id == event.id)
        .with_for_update()
    )
    if asks is None:
        raise NotFound(f"no device with the number {number} asks to be taken back")
    return asks
