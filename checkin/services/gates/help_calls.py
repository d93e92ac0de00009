"""Calls for help from gates that nobody stands at: made, shown on the board, and taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Gate, HelpCall
from checkin.services.common.activity import note
from checkin.services.common.lookup import by_id
from checkin.services.gates.devices import PairedDevice

#: so long a gate says that somebody is on the way
COMING_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call for help that nobody has taken yet."""

    id: int
    gate: str
    device: str
    since: datetime


def call_help(session: Session, device: PairedDevice, *, now: datetime) -> HelpCall:
    """Call for help at a device's gate; while a call of it is open, again changes nothing.

    Fails if another request has just called; then the transaction is run again.
    """
    call = session.scalar(_of_device(device.id).where(HelpCall.taken_at.is_(None)))
    if call is None:
        call = HelpCall(
            event_id=device.event_id, device_id=device.id, gate_id=device.gate_id, called_at=now
        )
        session.add(call)
        session.flush()
    return call


def call_of(session: Session, device_id: int, now: datetime) -> HelpCall | None:
    """Return a device's call that is open, or was taken a moment ago; None without one."""
    is_shown = or_(HelpCall.taken_at.is_(None), HelpCall.taken_at > now - COMING_FOR)
    return session.scalar(
        _of_device(device_id).where(is_shown).order_by(HelpCall.id.desc()).limit(1)
    )


def open_calls(session: Session, event_id: int) -> Sequence[OpenCall]:
    """Return the calls of an event that nobody has taken, the longest waiting first."""
    rows = session.execute(
        select(HelpCall.id, Gate.name, Device.name, HelpCall.called_at)
        .join(Device, Device.id == HelpCall.device_id)
        .join(Gate, Gate.id == HelpCall.gate_id)
        .where(HelpCall.event_id == event_id, HelpCall.taken_at.is_(None))
        .order_by(HelpCall.called_at, HelpCall.id)
    )
    return tuple(OpenCall(*row) for row in rows)


def take_call(
    session: Session, event: Event, call_id: int, *, operator_id: int, now: datetime
) -> None:
    """Take a call for help; one that somebody else has taken stays theirs.

    Raises:
        NotFound: the event has no such call.
    """
    call = by_id(session, event, HelpCall, call_id, fresh=True)
    if call.taken_at is not None:
        return
    call.taken_at, call.taken_by = now, operator_id
    gate = session.get_one(Gate, call.gate_id).name
    note(session, event.id, "help.take", now, operator_id=operator_id, gate=gate)
    session.flush()


def _of_device(device_id: int) -> Select[HelpCall]:
    return select(HelpCall).where(HelpCall.device_id == device_id)
