"""The outbox: claim a message, render it, send it with no transaction open, mark it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import partial
from uuid import uuid4

from sqlalchemy import ColumnElement, CursorResult, func, select, update
from sqlalchemy.orm import Session

from badges.message import Notice, compose
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeError
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, Event, Message, MessageState, Participant
from checkin.domain.admission import Standing
from checkin.services.badges import badge_specs
from checkin.services.keys import Keys
from checkin.services.mail.transport import Fate, Outcome, Transport

#: waits before the next attempt after a temporary refusal; after the last one it has failed
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
#: a claim this old belongs to a sender that died
STALE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this sender alone may send now."""

    id: int
    participant_id: int
    address: str
    message_id: str
    attempts: int
    created_at: datetime
    badge_is_good: bool


def waiting(session: Session, event: Event, now: datetime) -> int:
    """Return how many messages are due."""
    return session.scalars(select(func.count()).select_from(Message).where(*_due(event, now))).one()


def states(session: Session, event: Event) -> Counter[str]:
    """Return how many messages are in each state."""
    rows = session.execute(
        select(Message.state, func.count().label("messages"))
        .where(Message.event_id == event.id)
        .group_by(Message.state)
    )
    return Counter({row.state: row.messages for row in rows})


def send_due(
    database: Database,
    event: Event,
    keys: Keys,
    transport: Transport,
    *,
    sender: str,
    clock: Callable[[], datetime],
    sent: Callable[[Outcome], None] = lambda _outcome: None,
    limit: int | None = None,
) -> Counter[Fate]:
    """Send what is due, one message after the other, until nothing is or `limit` is reached.

    Args:
        sent: called after each message, for progress; what it raises stops the sending between
            two messages, so nothing is lost.
    """
    _give_up_stale(database, event, clock())
    name, fates = uuid4().hex, Counter[Fate]()
    while limit is None or fates.total() < limit:
        claimed = in_transaction(database, partial(_claim, event=event, name=name, now=clock()))
        if claimed is None:
            break
        outcome = _send(database, event, keys, transport, claimed, sender)
        in_transaction(database, partial(_mark, claimed=claimed, outcome=outcome, now=clock()))
        fates[outcome.fate] += 1
        sent(outcome)
    return fates


def _due(event: Event, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.event_id == event.id,
        Message.state == MessageState.QUEUED,
        Message.next_try_at <= now,
    )


def _claim(session: Session, *, event: Event, name: str, now: datetime) -> Claimed | None:
    """Take the next message by compare-and-set: of two senders, one gets it."""
    while True:
        message = session.scalars(
            select(Message)
            .where(*_due(event, now))
            .order_by(Message.next_try_at, Message.id)
            .limit(1)
        ).first()
        if message is None:
            return None
        taken = session.execute(
            update(Message)
            .where(Message.id == message.id, Message.state == MessageState.QUEUED)
            .values(
                state=MessageState.SENDING,
                claimed_by=name,
                claimed_at=now,
                attempts=Message.attempts + 1,
            )
        )
        if isinstance(taken, CursorResult) and taken.rowcount == 1:
            return _claimed(session, message)


def _claimed(session: Session, message: Message) -> Claimed:
    badge = session.get_one(Badge, message.badge_id)
    person = session.get_one(Participant, message.participant_id)
    return Claimed(
        id=message.id,
        participant_id=message.participant_id,
        address=message.address,
        message_id=message.message_id,
        attempts=message.attempts,
        created_at=message.created_at,
        badge_is_good=badge.revoked_at is None and person.standing == Standing.CONFIRMED,
    )


def _send(
    database: Database,
    event: Event,
    keys: Keys,
    transport: Transport,
    claimed: Claimed,
    sender: str,
) -> Outcome:
    if not claimed.badge_is_good:
        return Outcome(Fate.FAILED, "not sent: the badge or the registration is no longer good")
    with database.read() as session:
        [spec] = badge_specs(session, event, keys, participant_ids=[claimed.participant_id])
    notice = Notice(
        organiser=event.organiser or event.name,
        contact=event.contact or parseaddr(sender)[1],
        kept_days=event.retention_days,
    )
    try:
        message = compose(
            spec,
            sender=sender,
            recipient=claimed.address,
            message_id=claimed.message_id,
            sent_at=claimed.created_at,
            notice=notice,
            pdf=single_badge_pdf(spec),
            png=phone_badge_png(spec),
            sensitive=event.sensitive,
        )
    except BadgeError as fault:
        return Outcome(Fate.FAILED, f"not sent: {fault}")
    return transport.send(message)


def _mark(session: Session, *, claimed: Claimed, outcome: Outcome, now: datetime) -> None:
    message = session.get_one(Message, claimed.id)
    message.last_answer = outcome.answer[:500]
    message.claimed_by = message.claimed_at = None
    if outcome.fate == Fate.LATER and message.attempts <= len(WAITS):
        message.state = MessageState.QUEUED
        message.next_try_at = now + WAITS[message.attempts - 1]
        return
    message.state = {
        Fate.SENT: MessageState.SENT,
        Fate.LATER: MessageState.FAILED,
        Fate.FAILED: MessageState.FAILED,
        Fate.UNKNOWN: MessageState.UNKNOWN,
    }[outcome.fate]
    message.sent_at = now if outcome.fate == Fate.SENT else None


def _give_up_stale(database: Database, event: Event, now: datetime) -> None:
    # The sender died between claiming and marking. Whether the message left is not known, so a
    # person decides: it is never sent a second time by itself.
    def work(session: Session) -> None:
        session.execute(
            update(Message)
            .where(
                Message.event_id == event.id,
                Message.state == MessageState.SENDING,
                Message.claimed_at < now - STALE_AFTER,
            )
            .values(
                state=MessageState.UNKNOWN,
                last_answer="the sender stopped in the middle",
                claimed_by=None,
                claimed_at=None,
            )
        )

    in_transaction(database, work)
