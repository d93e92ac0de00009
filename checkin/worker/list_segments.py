"""Write the gate lists of events with very many people into segments, beside the jobs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from checkin.services.gates.list_passes import events_to_write, write_pass
from checkin.settings import Settings
from checkin.worker.beside import Beside, tools_beside
from checkin.worker.context import Tools

_log = logging.getLogger(__name__)

#: one that failed, as on a full disk, is tried again so much later
AGAIN_AFTER = timedelta(minutes=1)
_NICENESS = 15


class ListSegments:
    """Sees to it that the lists of large events lie in segments, up to the latest changes."""

    def __init__(self) -> None:
        self._writing = Beside("segments of gate lists", write_passes)
        self._begun_at = datetime.min.replace(tzinfo=UTC)

    def look(self, tools: Tools) -> None:
        """Start to write where something is due; called every few seconds."""
        now = tools.clock()
        if self._writing.is_busy or (
            self._writing.has_failed and now < self._begun_at + AGAIN_AFTER
        ):
            return
        with tools.database.read() as session:
            is_due = bool(events_to_write(session, now))
        if is_due:
            self._begun_at = now
            self._writing.start(tools, now)

    def end(self) -> None:
        """End what is being written; the next one begins anew."""
        self._writing.end()


def write_passes(settings: Settings, now: datetime) -> None:
    """Write what is due of every event."""
    with tools_beside(settings, _NICENESS) as tools:
        with tools.database.read() as session:
            due = events_to_write(session, now)
        for event_id in due:
            try:
                write_pass(tools.database, event_id, tools.keys, tools.clock)
            except SQLAlchemyError as fault:
                _log.warning("no segments of the gate list were written: %s", fault)
                raise SystemExit(1) from fault
