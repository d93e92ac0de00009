"""The server's public address, remembered for a moment: every request asks for its path."""

from __future__ import annotations

import time

from sqlalchemy.exc import SQLAlchemyError

from checkin.db.engine import Database
from checkin.settings import Settings

#: a page may change the address at any time; the requests of a moment share one query
KNOWN_FOR_S = 2.0


class KnownAddress:
    """Answers at which address people reach this server."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._url, self._until = settings.base_url or "", 0.0

    def current(self) -> str:
        """Return the public address.

        While the database does not answer it is the one that was known last.
        """
        # Where the environment or `.env` rules, no page changes it.
        if self._settings.base_url is None and time.monotonic() >= self._until:
            self._until = time.monotonic() + KNOWN_FOR_S
            self._url = self._asked()
        return self._url

    def forget(self) -> None:
        """Ask again: a page has changed the address."""
        self._until = 0.0

    def _asked(self) -> str:
        try:
            with self._database.read() as session:
                return self._settings.public_address(session).url
        except SQLAlchemyError:
            return self._url
