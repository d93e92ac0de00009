"""The states of a message in the outbox, each change one compare-and-set.

queued → sending (claimed) → sending (handed over) → sent, failed or unknown; back to queued when
it was refused for now, or when its sender died before handing it over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Update, exists, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, MailSwitch, Message, MessageState, Participant, Sending
from checkin.domain.channels.gateways import decide_channels
from checkin.domain.channels.reach import Channel
from checkin.domain.mail.rules import STALE_AFTER, WAITS, Fate
from checkin.domain.messages.kinds import MessageKind, Recipient, brings_badge, why_not_sent
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import kept_settings
from checkin.services.mail.going_on import go_on
from checkin.services.mail.outcomes import Outcome
from checkin.services.mail.sender import (
    DAY,
    is_resting,
    left_since,
    not_held,
    resting_domains,
    sender_seen,
    sending_of,
    take_turn,
)

_FINAL = {
    Fate.SENT: MessageState.SENT,
    Fate.LATER: MessageState.FAILED,  # the last wait is over
    Fate.FAILED: MessageState.FAILED,
    Fate.UNKNOWN: MessageState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one sender has claimed, so that no other sends it.

    Attributes:
        address: an e-mail address or a telephone number, as the channel has it.
        carries_badge: whether it brings the badge, which is valid.
        has_page: whether the badge's page can be opened.
        is_let_in: whether the badge lets its owner in.
        why_not: why it must not be sent any more; "" if it may.
    """

    id: int
    claimed_by: str
    participant_id: int
    badge_id: UUID
    address: str
    message_id: str
    attempts: int
    created_at: datetime
    kind: MessageKind = MessageKind.BADGE
    announcement_id: int | None = None
    carries_badge: bool = True
    has_page: bool = True
    is_let_in: bool = True
    why_not: str = ""


class NoClaim(StrEnum):
    """Why no message can be claimed now."""

    NOTHING_DUE = "nothing_due"
    #: what is due goes to domains that had a message a moment ago, or anybody had one
    RESTING = "resting"
    DAY_FULL = "day_full"
    PAUSED = "paused"
    STOPPED = "stopped"


def due(
    event: Event, now: datetime, channel: Channel = Channel.EMAIL
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a message of a channel is due to be sent now."""
    return (
        Message.event_id == event.id,
        Message.channel == channel,
        Message.state == MessageState.QUEUED,
        Message.next_try_at <= now,
        not_held(event.id),
    )


def claim(
    session: Session,
    event: Event,
    *,
    name: str,
    domain: str,
    now: datetime,
    per_day: int,
    spacing: timedelta = timedelta(0),
    pause: timedelta = timedelta(0),
) -> Claimed | NoClaim:
    """Claim the next e-mail by compare-and-set, so that of two senders only one gets it.

    Args:
        name: the name of this sender process.
        domain: the domain of the sender's address, used for the Message-ID at the first attempt.
        spacing: the least time between two messages to one domain, from all senders together.
        pause: the least time between any two messages, from all senders together.
    """
    take_turn(session)
    sender_seen(session, event.id, now)
    sending = sending_of(session, event.id)
    if sending is not Sending.RUNNING:
        return NoClaim(sending)
    if left_since(session, now - DAY) >= per_day:
        return NoClaim.DAY_FULL
    if is_resting(session, now, pause):
        is_any_due = _next_message(session, event, now, ()) is not None
        return NoClaim.RESTING if is_any_due else NoClaim.NOTHING_DUE
    resting = resting_domains(session, now, spacing)
    while (message := _next_message(session, event, now, resting)) is not None:
        if _changed(session, _claiming(message, name, domain, now)):
            return _claimed(session, message, now)
    if resting and _next_message(session, event, now, ()) is not None:
        return NoClaim.RESTING
    return NoClaim.NOTHING_DUE


def claim_for(
    session: Session, event: Event, channel: Channel, *, name: str, now: datetime
) -> Claimed | NoClaim:
    """Claim the next message of another channel, as `claim` does an e-mail."""
    sender_seen(session, event.id, now)
    sending = sending_of(session, event.id)
    if sending is not Sending.RUNNING:
        return NoClaim(sending)
    wanted = select(Message).where(*due(event, now, channel))
    next_one = wanted.order_by(Message.next_try_at, Message.id).limit(1)
    while (message := session.scalars(next_one).first()) is not None:
        if _changed(session, _claiming(message, name, "marhaba", now)):
            return _claimed(session, message, now)
    return NoClaim.NOTHING_DUE


def begin_handing_over(session: Session, claimed: Claimed, now: datetime) -> bool:
    """Record that a message is being handed over; False if the claim or the sending has ended."""
    stopped = exists().where(
        MailSwitch.event_id == Message.event_id, MailSwitch.sending == Sending.STOPPED
    )
    ours = _still_claimed(claimed, MessageState.SENDING)
    return _changed(session, update(Message).where(*ours, ~stopped).values(handed_at=now))


def settle(session: Session, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
    """Record the outcome of a message; False if another process has recorded one.

    A slow sender may still record the outcome of a message that was marked unknown meanwhile.
    """
    ours = _still_claimed(claimed, MessageState.SENDING, MessageState.UNKNOWN)
    values = _values(claimed, outcome, now) | {"last_answer": outcome.answer[:500]}
    if not _changed(session, update(Message).where(*ours).values(claimed_by=None, **values)):
        return False
    if values["state"] is MessageState.FAILED:
        go_on(session, claimed.id, now)
    return True


def recover_stale(session: Session, event: Event, now: datetime) -> None:
    """Requeue the messages of senders that died; those being handed over become unknown.

    Whether an unknown message was sent cannot be known, so it is sent again only if a person asks.
    Where a gateway knows what it was handed before, it is handed over again.
    """
    repeatable = decide_channels(kept_settings(session)).knows_repetitions
    can_be_repeated = or_(Message.handed_at.is_(None), Message.channel.in_(repeatable))
    stale = (
        Message.event_id == event.id,
        Message.state == MessageState.SENDING,
        Message.claimed_at < now - STALE_AFTER,
    )
    session.execute(
        update(Message)
        .where(*stale, can_be_repeated)
        .values(
            state=MessageState.QUEUED,
            attempts=Message.attempts - 1,
            claimed_by=None,
            claimed_at=None,
        )
    )
    # `claimed_by` stays: the sender may be slow instead of dead, and know more than we do.
    session.execute(
        update(Message)
        .where(*stale, ~can_be_repeated)
        .values(
            state=MessageState.UNKNOWN,
            claimed_at=None,
            last_answer="the sender stopped in the middle",
        )
    )


def retry_unknown(
    session: Session,
    event: Event,
    ids: Collection[int] | None,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Queue unknown messages again because a person asked: some may then arrive twice.

    Args:
        ids: the messages' ids; None for all unknown messages.

    Returns:
        How many messages were queued.
    """
    wanted = [Message.event_id == event.id, Message.state == MessageState.UNKNOWN]
    if ids is not None:
        wanted.append(Message.id.in_(ids))
    changed = session.execute(
        update(Message)
        .where(*wanted)
        .values(state=MessageState.QUEUED, next_try_at=now, claimed_by=None, claimed_at=None)
    )
    count: int = changed.rowcount  # type: ignore[attr-defined]
    note(session, event.id, "mail.retry_unknown", now, operator_id=operator_id, messages=count)
    return count


def _next_message(
    session: Session, event: Event, now: datetime, resting: Collection[str]
) -> Message | None:
    awake = [~Message.address.iendswith(f"@{domain}", autoescape=True) for domain in resting]
    wanted = select(Message).where(*due(event, now), *awake)
    return session.scalars(wanted.order_by(Message.next_try_at, Message.id).limit(1)).first()


def _claiming(message: Message, name: str, domain: str, now: datetime) -> Update:
    message_id = message.message_id
    if message.handed_at is None:  # not seen by anybody yet; afterwards it is fixed
        message_id = f"{message_id.partition('@')[0]}@{domain}>"
    return (
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.QUEUED)
        .values(
            state=MessageState.SENDING,
            message_id=message_id,
            claimed_by=name,
            claimed_at=now,
            handed_at=None,
            attempts=Message.attempts + 1,
        )
    )


def _claimed(session: Session, message: Message, now: datetime) -> Claimed:
    session.refresh(message)
    badge = session.get_one(Badge, message.badge_id)
    person = session.get_one(Participant, message.participant_id)
    event = session.get_one(Event, message.event_id, populate_existing=True)
    kind, standing = MessageKind(message.kind), RegistrationStatus(person.standing)
    has_badge = badge.revoked_at is None
    recipient = Recipient(standing, has_badge, wants_no_mail=bool(person.no_mail))
    return Claimed(
        id=message.id,
        claimed_by=message.claimed_by or "",
        participant_id=message.participant_id,
        badge_id=message.badge_id,
        address=message.address,
        message_id=message.message_id,
        attempts=message.attempts,
        created_at=message.created_at,
        kind=kind,
        announcement_id=message.announcement_id,
        carries_badge=brings_badge(kind, recipient),
        has_page=has_badge and standing != RegistrationStatus.CANCELED,
        is_let_in=has_badge and standing == RegistrationStatus.CONFIRMED,
        why_not=why_not_sent(kind, recipient, is_over=now >= event.ends_at),
    )


def _still_claimed(claimed: Claimed, *states: MessageState) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.id == claimed.id,
        Message.claimed_by == claimed.claimed_by,
        Message.state.in_(states),
    )


def _values(claimed: Claimed, outcome: Outcome, now: datetime) -> dict[str, object]:
    if outcome.fate in (Fate.HALTED, Fate.LEFT):  # not this message's fault
        # Nothing has left, so no other message waits for its turn because of it.
        back = {"state": MessageState.QUEUED, "claimed_at": None}
        return back | {"attempts": claimed.attempts - 1}
    if outcome.fate is Fate.LATER and outcome.wait is not None:  # nor this one's attempt
        later = now + outcome.wait
        waiting: dict[str, object] = {"state": MessageState.QUEUED, "next_try_at": later}
        return waiting | {"claimed_at": None, "attempts": claimed.attempts - 1}
    if outcome.fate is Fate.LATER and claimed.attempts <= len(WAITS):
        later = now + WAITS[claimed.attempts - 1]
        return {"state": MessageState.QUEUED, "next_try_at": later}
    sent_at = now if outcome.fate is Fate.SENT else None
    return {"state": _FINAL[outcome.fate], "sent_at": sent_at}


def _changed(session: Session, statement: Update) -> bool:
    changed = session.execute(statement.execution_options(synchronize_session=False))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]
