"""Queue e-mails to participants in the outbox: their badge, and what has changed for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, exists, insert, select, update
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Badge, Event, Message, MessageState, Participant
from checkin.domain.messages.kinds import BADGE_KINDS, KINDS, MessageKind
from checkin.domain.people.public_badges import NOT_YET
from checkin.domain.scanning.facts import RegistrationStatus

Row = dict[str, Any]
#: their message came, or may still: the badge in it is the same one
_HAS_IT = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)
#: SQLite takes only so many parameters
_AT_A_TIME = 500


def queue_badge_messages(
    session: Session,
    event: Event,
    participant_ids: Iterable[int],
    now: datetime,
    kind: MessageKind = MessageKind.BADGE,
) -> int:
    """Queue one e-mail for each of these participants who has an address and wants e-mail.

    Args:
        kind: what it is about; a kind that is nothing without a badge reaches only who has one.

    Returns:
        How many were queued.
    """
    ids = list(participant_ids)
    rows: list[Row] = []
    for start in range(0, len(ids), _AT_A_TIME):
        chunk = Participant.id.in_(ids[start : start + _AT_A_TIME])
        found = session.execute(addressed(kind).where(chunk, reachable()))
        rows += [
            message_row(event, r.id, r.email, r.badge_id, now, kind, r.badge_from) for r in found
        ]
    return queue_messages(session, rows)


def queue_missing_badge(session: Session, event: Event, person: Participant, now: datetime) -> bool:
    """Queue an e-mail with the badge for a confirmed person to whom no message brought it.

    Returns:
        Whether one was queued; none is for somebody without an address or who wants no e-mail.
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
    """Queue an e-mail about what has changed for one participant; none after the event's end.

    A badge of theirs that waits already becomes this message, so that they get one.

    Returns:
        How many messages tell them now: 0 or 1.
    """
    if now >= event.ends_at:
        return 0
    if KINDS[kind].needs_badge and _renamed(session, participant_id, kind):
        return 1
    return queue_badge_messages(session, event, [participant_id], now, kind)


def reachable() -> ColumnElement[bool]:
    """Return the condition under which a participant is written to at all."""
    return Participant.email.is_not(None) & Participant.no_mail.is_not(True)


def addressed(kind: MessageKind) -> Select[int, str | None, UUID, datetime | None]:
    """Return the query for participants with their e-mail address and the badge of a message.

    That is the valid badge where the message is nothing without one, else the newest, which may be
    revoked: it then only stands for the person.
    """
    statement = select(
        *(Participant.id, Participant.email, Badge.id.label("badge_id"), Participant.badge_from)
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
    email: str,
    badge_id: object,
    now: datetime,
    kind: MessageKind = MessageKind.BADGE,
    badge_from: datetime | None = None,
    *,
    announcement_id: int | None = None,
) -> Row:
    """Return the columns of one outbox message that is due at once.

    Args:
        badge_from: until then nobody is given the badge, so that a message with it is due later.
    """
    return {
        "event_id": event.id,
        "participant_id": participant_id,
        "badge_id": badge_id,
        "kind": kind,
        "announcement_id": announcement_id,
        "address": email,
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
