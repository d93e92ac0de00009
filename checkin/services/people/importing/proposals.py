"""Note what a list has changed for whom, so that somebody decides at its end to tell them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from checkin.db.models import (
    Announcement,
    AnnouncementAbout,
    AnnouncementPerson,
    AnnouncementState,
    Event,
)
from checkin.domain.messages.kinds import MessageKind


def propose_telling(
    session: Session,
    event: Event,
    announcement_id: int | None,
    people: Mapping[int, MessageKind],
    *,
    delegation_id: int | None,
    operator_id: int | None,
    now: datetime,
) -> int | None:
    """Add people to the announcement of a list; nothing is sent until somebody says so.

    Args:
        announcement_id: the list's announcement; None before it has one.
        people: what each participant is to be told, by their id.

    Returns:
        The id of the list's announcement; None as long as it concerns nobody.
    """
    if not people:
        return announcement_id
    if announcement_id is None:
        announcement = Announcement(
            event_id=event.id,
            delegation_id=delegation_id,
            about=AnnouncementAbout.LIST,
            state=AnnouncementState.DRAFT,
            created_at=now,
            created_by=operator_id,
        )
        session.add(announcement)
        session.flush()
        announcement_id = announcement.id
    of = (
        AnnouncementPerson.announcement_id == announcement_id,
        AnnouncementPerson.participant_id.in_(people),
    )
    session.execute(delete(AnnouncementPerson).where(*of))
    row = {"announcement_id": announcement_id, "event_id": event.id}
    session.connection().execute(
        insert(AnnouncementPerson),
        [row | {"participant_id": number, "kind": kind} for number, kind in people.items()],
    )
    return announcement_id
