"""Queue messages to participants in the outbox: their badge, and what has changed for them.

A badge is brought by the first channel that is switched on and that the participant has an address
for; everything else is e-mailed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Badge, Event, Message, MessageState, Participant
from checkin.domain.channels.gateways import decide_channels
from checkin.domain.channels.reach import FIXED_LINES, Contact, Reach, Way
from checkin.domain.messages.kinds import BADGE_KINDS, KINDS, MessageKind
from checkin.domain.people.public_badges import NOT_YET
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.installation_settings import kept_settings

Row = dict[str, Any]
#: their message came, or may still: the badge in it is the same one
_HAS_IT = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)
#: of what is e-mailed only
BY_MAIL = Reach()
#: anybody may ask for a badge on the event's page, and a message to a telephone costs money
_BY_ANY_CHANNEL = BADGE_KINDS - {MessageKind.FOUND}
#: SQLite takes only so many parameters
_AT_A_TIME = 500


def queue_badge_messages(
    session: Session,
    event: Event,
    participant_ids: Iterable[int],
    now: datetime,
    kind: MessageKind = MessageKind.BADGE,
) -> int:
    """Queue one message for each of these participants whom a channel reaches.

    Args:
        kind: what it is about; a kind that is nothing without a badge reaches only who has one.

    Returns:
        How many were queued.
    """
    ids = list(participant_ids)
    reach = channels_of(session, event) if kind in _BY_ANY_CHANNEL else BY_MAIL
    rows: list[Row] = []
    for start in range(0, len(ids), _AT_A_TIME):
        chunk = Participant.id.in_(ids[start : start + _AT_A_TIME])
        found = session.execute(addressed(kind).where(chunk, reachable_by(reach)))
        ways = [(one, reach.first(Contact(one.email, one.phone))) for one in found]
        rows += [
            message_row(event, one.id, way, one.badge_id, now, kind, one.badge_from)
            for one, way in ways
            if way is not None
        ]
    return queue_messages(session, rows)


def queue_missing_badge(session: Session, event: Event, person: Participant, now: datetime) -> bool:
    """Queue a message with the badge for a confirmed person to whom no message brought it.

    Returns:
        Whether one was queued; none is for somebody whom no channel reaches.
    """
    has_it = exists().where(
        Message.participant_id == person.id,
        Message.kind.in_(BADGE_KINDS),
        Message.state.in_(_HAS_IT),
    )
    if person.standing != RegistrationStatus.CONFIRMED or session.scalar(select(has_it)):
        return False
    return queue_badge_messages(session, event, [person.id], now) == 1


def tell(
    session: Session, event: Event, participant_id: int, kind: MessageKind, now: datetime
) -> int:
    """Queue a message about what has changed for one participant; none after the event's end.

    A badge of theirs that waits already becomes this message, so that they get one.

    Returns:
        How many messages tell them now: 0 or 1.
    """
    if now >= event.ends_at:
        return 0
    if KINDS[kind].needs_badge and _renamed(session, participant_id, kind):
        return 1
    return queue_badge_messages(session, event, [participant_id], now, kind)


def messages_of(session: Session, event: Event, kind: MessageKind, queued_at: datetime) -> int:
    """Return how many messages of a kind were queued at one moment, as by one change."""
    of = (Message.event_id == event.id, Message.kind == kind, Message.created_at == queued_at)
    return session.scalars(select(func.count()).select_from(Message).where(*of)).one()


def channels_of(session: Session, event: Event) -> Reach:
    """Return by which channels an event's badges leave, and in which order."""
    return decide_channels(kept_settings(session)).for_event(is_sensitive=event.sensitive)


def reachable() -> ColumnElement[bool]:
    """Return the condition under which a participant is written to by e-mail."""
    return reachable_by(BY_MAIL)


def reachable_by(reach: Reach) -> ColumnElement[bool]:
    """Return the condition under which one of these channels reaches a participant."""
    by_mail = Participant.email.is_not(None)
    reached = or_(by_mail, has_mobile()) if reach.by_telephone else by_mail
    return and_(reached, Participant.no_mail.is_not(True))


def has_mobile() -> ColumnElement[bool]:
    """Return the condition that a participant's telephone takes messages; see `Contact`."""
    return and_(Participant.phone.is_not(None), Participant.phone.not_like(f"{FIXED_LINES}%"))


def addressed(
    kind: MessageKind,
) -> Select[int, str | None, str | None, datetime | None, UUID]:
    """Return the query for participants with their addresses and the badge of a message.

    That is the valid badge where the message is nothing without one, else the newest, which may be
    revoked: it then only stands for the person.
    """
    statement = select(
        *(Participant.id, Participant.email, Participant.phone, Participant.badge_from),
        Badge.id.label("badge_id"),
    ).join(Badge, Badge.participant_id == Participant.id)
    if KINDS[kind].needs_badge:
        return statement.where(Badge.revoked_at.is_(None))
    newer = aliased(Badge)
    return statement.where(
        ~select(newer.id)
        .where(newer.participant_id == Badge.participant_id, newer.issue > Badge.issue)
        .exists()
    )


def queue_messages(session: Session, rows: Sequence[Row]) -> int:
    """Insert these message rows into the outbox, and return how many were inserted.

    A message with a badge that nobody has given out yet is left out: giving it out queues it.
    """
    due = [row for row in rows if row["next_try_at"] != NOT_YET]
    if due:
        session.connection().execute(insert(Message), due)
    return len(due)


def message_row(
    event: Event,
    participant_id: int,
    way: Way,
    badge_id: object,
    now: datetime,
    kind: MessageKind = MessageKind.BADGE,
    badge_from: datetime | None = None,
    *,
    announcement_id: int | None = None,
    follows_id: int | None = None,
) -> Row:
    """Return the columns of one outbox message that is due at once.

    Args:
        badge_from: until then nobody is given the badge, so that a message with it is due later.
        follows_id: the message by another channel that has failed them.
    """
    return {
        "event_id": event.id,
        "participant_id": participant_id,
        "badge_id": badge_id,
        "kind": kind,
        "announcement_id": announcement_id,
        "channel": way.channel,
        "follows_id": follows_id,
        "address": way.address,
        "message_id": f"<{uuid4().hex}@marhaba>",
        "created_at": now,
        "next_try_at": max(now, badge_from or now) if kind in BADGE_KINDS else now,
    }


def _renamed(session: Session, participant_id: int, kind: MessageKind) -> bool:
    # The badge of a record that was merged into theirs, or of a former issue, is refused.
    valid = select(Badge.id).where(
        Badge.participant_id == participant_id, Badge.revoked_at.is_(None)
    )
    changed = session.execute(
        update(Message)
        .where(
            Message.participant_id == participant_id,
            Message.badge_id.in_(valid),
            Message.state == MessageState.QUEUED,
            Message.kind.in_(BADGE_KINDS),
        )
        .values(kind=kind)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
