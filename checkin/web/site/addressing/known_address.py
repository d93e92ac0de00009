"""A short-lived cache of the server's public address, whose path every request needs."""

from __future__ import annotations

import time

from sqlalchemy.exc import SQLAlchemyError

from checkin.db.engine import Database
from checkin.settings import Settings

#: a page may change the address at any time, at another node too; the requests of a moment share
#: one query
KNOWN_FOR_S = 1.0


class KnownAddress:
    """Caches the address at which people reach this server."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._url, self._until = settings.base_url or "", 0.0

    def current(self) -> str:
        """Return the server's public address.

        While the database does not respond, the last known address is returned.
        """
        # Where the environment or `.env` rules, no page changes it.
        if self._settings.base_url is None and time.monotonic() >= self._until:
            self._until = time.monotonic() + KNOWN_FOR_S
            self._url = self._read_address()
        return self._url

    def forget(self) -> None:
        """Empty the cache, because a page has changed the address."""
        self._until = 0.0

    def _read_address(self) -> str:
        try:
            with self._database.read() as session:
                return self._settings.public_address(session).url
        except SQLAlchemyError:
            return self._url
