"""Confirm people of the reserve lists when places become free without a request coming in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.services.common.locks import stop_admissions
from checkin.services.people.reserve_list import events_to_move_up, move_up_everywhere


def move_people_up(database: Database, now: datetime) -> None:
    """Confirm whoever waits although a place is free, in all events.

    A place becomes free so when a device is silent for longer than its lease lasts.
    """
    with database.read() as session:
        event_ids = events_to_move_up(session, now)
    for event_id in event_ids:
        in_transaction(database, lambda s, of=event_id: _move_up(s, of, now))  # type: ignore[misc]


def _move_up(session: Session, event_id: int, now: datetime) -> None:
    stop_admissions(session.connection(), event_id)
    move_up_everywhere(session, session.get_one(Event, event_id), now)
