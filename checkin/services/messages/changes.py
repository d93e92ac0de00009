"""Ask whether to tell the participants, when the event's day, hour or place has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Announcement,
    AnnouncementAbout,
    AnnouncementState,
    Event,
    Message,
    MessageState,
)

#: an event as its messages tell of it: `starts_at` as ISO 8601, `venue` and `venue_ar`
Told = dict[str, Any]


def told_of(event: Event) -> Told:
    """Return what messages tell of an event, before it changes."""
    return {
        "starts_at": event.starts_at.isoformat(),
        "venue": event.venue,
        "venue_ar": event.venue_ar,
    }


def ask_about_change(
    session: Session,
    event: Event,
    before: Mapping[str, Any],
    *,
    operator_id: int | None,
    now: datetime,
) -> int | None:
    """Keep an announcement of what has changed as a draft, for somebody to decide.

    A draft that waits already goes on with what it knew of before: people are told once, of all
    that has changed since they were written to. If all is as it was, it is taken back.

    Returns:
        The draft's id; None if nobody needs to be told.
    """
    draft = _waiting_draft(session, event)
    known = dict(draft.before or {}) if draft else dict(before)
    if known == told_of(event):
        if draft is not None:
            draft.state = AnnouncementState.DROPPED
            session.flush()
        return None
    if before == told_of(event) or now >= event.ends_at or not _was_told(session, event):
        return None
    if draft is None:
        draft = Announcement(
            event_id=event.id,
            about=AnnouncementAbout.CHANGE,
            before=known,
            state=AnnouncementState.DRAFT,
            created_at=now,
            created_by=operator_id,
        )
        session.add(draft)
        session.flush()
    return draft.id


def _waiting_draft(session: Session, event: Event) -> Announcement | None:
    of = (
        Announcement.event_id == event.id,
        Announcement.about == AnnouncementAbout.CHANGE,
        Announcement.state == AnnouncementState.DRAFT,
    )
    return session.scalars(select(Announcement).where(*of).with_for_update()).first()


def _was_told(session: Session, event: Event) -> bool:
    """Say whether a message about the event has left, or is about to."""
    left = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)
    of = (Message.event_id == event.id, Message.state.in_(left))
    return bool(session.scalar(select(exists().where(*of))))
