"""The open stop of an event, as part of queries that read the event anyway."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_

from checkin.db.models import EntryStop, Event
from checkin.domain.scanning.stops import Stop

#: for an outer join beside `Event`: there is one stop at most that was not lifted
IS_STOPPED = and_(EntryStop.event_id == Event.id, EntryStop.lifted_at.is_(None))
STOP_COLUMNS = (
    EntryStop.stopped_at,
    EntryStop.message_fr,
    EntryStop.message_ar,
    EntryStop.message_en,
)


def stop_of(row: Any) -> Stop | None:
    """Return the stop that a row with `STOP_COLUMNS` tells of."""
    if row.stopped_at is None:
        return None
    return Stop(row.stopped_at, row.message_fr, row.message_ar, row.message_en)
