"""Look up who has asked for their badge on an event's page, some seconds after they have."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.errors import EventPurged
from checkin.services.channels.badge_requests import answer_requests, events_with_requests
from checkin.worker.context import Tools


def answer_badge_requests(tools: Tools) -> None:
    """Queue the badges of those who have asked, in all events; they are sent with the others."""
    with tools.database.read() as session:
        event_ids = events_with_requests(session)
    for event_id in event_ids:
        with suppress(EventPurged):
            in_transaction(tools.database, partial(_answer, tools, event_id, tools.clock()))


def _answer(tools: Tools, event_id: int, now: datetime, session: Session) -> None:
    answer_requests(session, tools.keys, session.get_one(Event, event_id), now)
