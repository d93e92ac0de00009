"""What devices tell of themselves with each heartbeat: what waits, and what befell their memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Gate
from checkin.domain.gates.turns import Turn, TurnSight, sight_of
from checkin.errors import Conflict
from checkin.services.common.activity import note
from checkin.services.common.lookup import by_id
from checkin.services.gates.authentication import mark_seen

#: so long boards say that a device has lost its memory
LOSS_SHOWN_FOR = timedelta(hours=24)
#: so long after the last sign of it they say that there are two copies of a device
COPY_SHOWN_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Report:
    """What a device tells.

    Attributes:
        columns: of `Device`, as `mark_seen` takes them.
        turn: None of a device of an earlier version.
        lost_memory: what it kept was damaged, or gone.
        saved: how many scans it could read out of what was damaged.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    turn: Turn | None = None
    lost_memory: bool = False
    saved: int = 0


def record_report(
    session: Session, event_id: int, device_id: int, report: Report, now: datetime
) -> None:
    """Store what a device tells of itself."""
    columns = dict(report.columns)
    known = session.execute(
        select(Device.turn, Device.turn_run, Device.copied_at).where(Device.id == device_id)
    ).one()
    before = None if known.turn is None else Turn(known.turn, known.turn_run or "")
    sight = sight_of(before, report.turn) if report.turn else None
    if report.turn and sight in (TurnSight.NEXT, TurnSight.BEGUN_ANEW):
        columns |= {"turn": report.turn.number, "turn_run": report.turn.run}
    if report.lost_memory or sight == TurnSight.BEGUN_ANEW:
        columns |= {"memory_lost_at": now, "memory_saved": report.saved}
        told = {"device_id": device_id, "saved": report.saved}
        note(session, event_id, "device.memory_lost", now, **told)
    if sight == TurnSight.COPIED:
        columns["copied_at"] = now
        if known.copied_at is None or now - known.copied_at >= COPY_SHOWN_FOR:
            note(session, event_id, "device.copied", now, device_id=device_id)
    mark_seen(session, device_id, now, **columns)


def ask_to_send_again(
    session: Session, event: Event, device_id: int, *, now: datetime, operator_id: int | None = None
) -> None:
    """Have a device send the scans again that it has set aside; it is told at its next contact.

    Raises:
        NotFound: the event has no such device.
        Conflict: the device was revoked.
    """
    device = by_id(session, event, Device, device_id)
    if device.revoked_at is not None:
        raise Conflict("this device was revoked: pair it again")
    device.again_at = now
    note(
        session,
        event.id,
        "device.send_again",
        now,
        operator_id=operator_id,
        device_id=device.id,
        name=device.name,
    )


def asked_to_send_again(session: Session, device_id: int) -> datetime | None:
    """Return when a device was last asked to send again what it has set aside."""
    return session.scalar(select(Device.again_at).where(Device.id == device_id))


@dataclass(frozen=True, slots=True)
class TroubledDevice:
    """A device that has lost its memory, or of which there are two copies."""

    name: str
    gate: str
    memory_lost_at: datetime | None
    is_copied: bool


def troubled_devices(session: Session, event_id: int, now: datetime) -> Sequence[TroubledDevice]:
    """Return the devices of which a board warns, by gate and name."""
    lost, copied = now - LOSS_SHOWN_FOR, now - COPY_SHOWN_FOR
    rows = session.execute(
        select(Device.name, Gate.name, Device.memory_lost_at, Device.copied_at)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event_id, Device.revoked_at.is_(None))
        .where(or_(Device.memory_lost_at > lost, Device.copied_at > copied))
        .order_by(Gate.name, Device.name)
    )
    return [
        TroubledDevice(
            name,
            gate,
            memory_lost_at=lost_at if lost_at and lost_at > lost else None,
            is_copied=copied_at is not None and copied_at > copied,
        )
        for name, gate, lost_at, copied_at in rows
    ]
