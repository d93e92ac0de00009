"""Pause, stop and resume the sending of an event's messages, from wherever."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.db.models import Event, MailSwitch, Sending
from checkin.services.common.activity import note

#: longer than a server may take with one message before the next look
SENDER_MISSED_AFTER = timedelta(seconds=60)
_SEEN_EVERY = timedelta(seconds=5)


def sending_of(session: Session, event_id: int) -> Sending:
    """Return what the event's switch says."""
    switch = session.get(MailSwitch, event_id)
    return Sending(switch.sending) if switch else Sending.RUNNING


def sender_seen(session: Session, event_id: int, now: datetime) -> None:
    """Note that somebody is sending, every few seconds."""
    switch = session.get(MailSwitch, event_id)
    if switch is None:
        session.add(MailSwitch(event_id=event_id, changed_at=now, sender_seen_at=now))
    elif switch.sender_seen_at is None or now - switch.sender_seen_at > _SEEN_EVERY:
        switch.sender_seen_at = now
    session.flush()


def sender_gone(session: Session, event: Event) -> None:
    """Note that a sender has ended; one that goes on is soon seen again."""
    if (switch := session.get(MailSwitch, event.id)) is not None:
        switch.sender_seen_at = None


def is_being_sent(session: Session, event_id: int, now: datetime) -> bool:
    """Say whether a sender was there a moment ago; one that was killed is missed after a minute."""
    switch = session.get(MailSwitch, event_id)
    seen = switch.sender_seen_at if switch else None
    return seen is not None and now - seen < SENDER_MISSED_AFTER


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
