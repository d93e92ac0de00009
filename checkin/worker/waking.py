"""How a worker hears of new jobs: PostgreSQL tells it, and on SQLite it looks for them often."""

from __future__ import annotations

import logging
from contextlib import suppress

import psycopg
from sqlalchemy.engine import make_url

from checkin.db.notifications import connected
from checkin.db.postgresql import is_pooled
from checkin.services.jobs.queue import CHANNEL

_log = logging.getLogger(__name__)

#: a look costs a tenth of a millisecond
LOOK_EVERY_S = 0.25
#: where PostgreSQL tells of new jobs
LOOK_EVERY_WHEN_TOLD_S = 1.0


class NewJobs:
    """Hears of new jobs.

    Args:
        database_url: best past a pooler, which passes no notifications on.
    """

    def __init__(self, database_url: str) -> None:
        tells = make_url(database_url).get_backend_name() == "postgresql"
        self._url = database_url if tells else ""
        self._connection: psycopg.Connection | None = None
        self._has_complained = False

    @property
    def look_every_s(self) -> float:
        """How often to look for jobs, whatever is heard."""
        return LOOK_EVERY_S if self._connection is None else LOOK_EVERY_WHEN_TOLD_S

    def sockets(self) -> list[int]:
        """Return what becomes readable at a new job; nothing where one has to look."""
        if self._url and (self._connection is None or self._connection.closed):
            self._connection = self._listening()
        return [self._connection.fileno()] if self._connection else []

    def clear(self) -> None:
        """Take note of what was heard so far."""
        if self._connection is None:
            return
        try:
            for _told in self._connection.notifies(timeout=0):
                pass
        except psycopg.OperationalError:  # the server has gone: `sockets` connects again
            self.close()

    def close(self) -> None:
        """Hear no more."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def _listening(self) -> psycopg.Connection | None:
        try:
            connection = connected(self._url)
            if is_pooled(connection):
                connection.close()
                self._url = ""
                return None
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.OperationalError as fault:
            if not self._has_complained:
                _log.warning("the worker cannot hear of new jobs, and looks for them: %s", fault)
            self._has_complained = True
            return None
        self._has_complained = False
        return connection
