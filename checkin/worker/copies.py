"""Make the automatic copies of the database, each in a process of its own beside the jobs."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from checkin.db.engine import in_transaction
from checkin.errors import MarhabaError
from checkin.services.backups.copies import (
    Failure,
    copies_in,
    copy_asked_at,
    copy_if_due,
    is_due,
    keep_failure,
)
from checkin.settings import Settings
from checkin.worker.beside import Beside, tools_beside
from checkin.worker.context import Tools

_log = logging.getLogger(__name__)

#: a server that has just started has other things to do
FIRST_AFTER = timedelta(minutes=5)
#: one that failed, as where `pg_dump` is missing, is tried again so much later
AGAIN_AFTER = timedelta(minutes=10)
_NICENESS = 15


class HourlyCopies:
    """Sees to it that there is a copy of the last hour, where the settings want one."""

    def __init__(self) -> None:
        self._making = Beside("copy of the database", make_copy)
        self._next_at: datetime | None = None
        self._answered: datetime | None = None

    def look(self, tools: Tools) -> None:
        """Start to make a copy if one is due, or was asked for; called every few seconds."""
        if self._making.is_busy:
            return
        now = tools.clock()
        with tools.database.read() as session:
            asked_at = copy_asked_at(session)
        is_asked = asked_at is not None and asked_at != self._answered
        if not (is_asked or self._is_time(tools.settings, now)):
            return
        self._answered = asked_at
        if is_due(next(iter(copies_in(tools.settings.home)), None), asked_at, now):
            self._next_at = now + AGAIN_AFTER
            self._making.start(tools, now)

    def end(self) -> None:
        """End a copy that is being made; what there is of it is removed with the next one."""
        self._making.end()

    def _is_time(self, settings: Settings, now: datetime) -> bool:
        self._next_at = self._next_at or now + FIRST_AFTER
        return settings.hourly_copies and now >= self._next_at


def make_copy(settings: Settings, now: datetime) -> None:
    """Make a copy, and keep why where that is not possible."""
    with tools_beside(settings, _NICENESS) as tools:
        failure = None
        try:
            copy_if_due(tools.database, settings.home, now)
        except (MarhabaError, OSError) as fault:
            _log.warning("no copy of the database was made: %s", fault)
            failure = Failure(now, str(fault))
        with suppress(MarhabaError, SQLAlchemyError):  # as where the disk is full
            in_transaction(tools.database, lambda session: keep_failure(session, failure))
