"""A participant's calendar entry: the same one in every message and on their badge's page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from badges.calendar import CalendarEntry
from badges.spec import BadgeSpec
from badges.texts import filling, texts_in
from checkin.db.models import Badge, Event


def calendar_entry(
    session: Session,
    event: Event,
    spec: BadgeSpec,
    *,
    at: datetime,
    organizer: str = "",
    is_canceled: bool = False,
) -> CalendarEntry:
    """Return the calendar entry of the event for a participant, as it is at a moment.

    A calendar is read by more people than its owner, so the name of a sensitive event stays out.

    Args:
        at: when it was asked for, or when the message with it was queued: a later one counts.
        organizer: the address that messages come from.
        is_canceled: take it out of the calendar.
    """
    words, texts = filling(spec), texts_in(spec.language)
    return CalendarEntry(
        uid=f"{_first_badge(session, int(spec.number))}@marhaba",
        stamp=at,
        sequence=max(0, int((at - event.created_at).total_seconds())),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=texts.calendar_neutral if event.sensitive else words["event"],
        location=words["venue"],
        description="" if is_canceled else texts.show,
        organizer=organizer,
        is_canceled=is_canceled,
    )


def _first_badge(session: Session, participant_id: int) -> object:
    """Return the id of a participant's first badge: it stays when the badge is replaced."""
    first = select(Badge.id).where(Badge.participant_id == participant_id, Badge.issue == 1)
    return session.scalars(first).one()
