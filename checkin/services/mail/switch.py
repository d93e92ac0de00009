"""Pause, stop and resume the sending of an event's messages, from wherever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.models import Event, MailSwitch, Sending
from checkin.services.activity import note


def sending_of(session: Session, event_id: int) -> Sending:
    """Return what the event's switch says."""
    switch = session.get(MailSwitch, event_id)
    return Sending(switch.sending) if switch else Sending.RUNNING


def set_sending(
    session: Session, event: Event, sending: Sending, *, now: datetime, operator_id: int | None
) -> None:
    """Turn the switch; every sender looks at it before each message."""
    switch = session.get(MailSwitch, event.id)
    if switch is None:
        switch = MailSwitch(event_id=event.id, sending=sending, changed_at=now)
        session.add(switch)
    switch.sending, switch.changed_at = sending, now
    session.flush()
    note(session, event.id, f"mail.{sending}", now, operator_id=operator_id)
