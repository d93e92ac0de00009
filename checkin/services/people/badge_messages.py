"""Queue the e-mails that bring participants their badges in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, Message, MessageState, Participant
from checkin.domain.scanning.facts import RegistrationStatus

Row = dict[str, Any]
#: their message came, or may still: the badge in it is the same one
_HAS_IT = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)


def queue_badge_messages(
    session: Session, event: Event, participant_ids: Iterable[int], now: datetime
) -> int:
    """Queue one e-mail with the badge for each of these participants who has an address."""
    ids = list(participant_ids)
    rows: list[Row] = []
    for start in range(0, len(ids), 500):  # SQLite takes only so many parameters
        chunk = ids[start : start + 500]
        found = session.execute(
            select(Participant.id, Participant.email, Badge.id.label("badge_id"))
            .join(Badge, Badge.participant_id == Participant.id)
            .where(
                Participant.id.in_(chunk),
                Participant.email.is_not(None),
                Badge.revoked_at.is_(None),
            )
        )
        rows += [message_row(event, r.id, r.email, r.badge_id, now) for r in found]
    queue_messages(session, rows)
    return len(rows)


def queue_missing_badge(session: Session, event: Event, person: Participant, now: datetime) -> None:
    """Queue an e-mail with the badge for a confirmed person to whom none was sent."""
    has_it = exists().where(Message.participant_id == person.id, Message.state.in_(_HAS_IT))
    if person.standing == RegistrationStatus.CONFIRMED and not session.scalar(select(has_it)):
        queue_badge_messages(session, event, [person.id], now)


def queue_messages(session: Session, rows: Sequence[Row]) -> None:
    """Insert these message rows into the outbox."""
    if rows:
        session.connection().execute(insert(Message), rows)


def message_row(
    event: Event, participant_id: int, email: str, badge_id: object, now: datetime
) -> Row:
    """Return the columns of one outbox message that is due at once."""
    return {
        "event_id": event.id,
        "participant_id": participant_id,
        "badge_id": badge_id,
        "address": email,
        "message_id": f"<{uuid4().hex}@marhaba>",
        "created_at": now,
        "next_try_at": now,
    }
