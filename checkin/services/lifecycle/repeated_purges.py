"""Repeat purges: after a restore, and on every node in whose home the files still are.

A backup that was put back may hold erased people again. And a purge erases the files of the home in
which it runs, while several nodes of one database have a home each.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from checkin.db.engine import Database
from checkin.db.models import Event
from checkin.services.lifecycle.kept_purges import keep_purge, purges_at, purging_at
from checkin.services.lifecycle.purge import (
    Receipt,
    is_unfinished,
    kept_by_last,
    purge_while_held,
)
from checkin.services.lifecycle.purged_files import erase_backups, erase_files
from checkin.services.lifecycle.retention import Keepable

_log = logging.getLogger(__name__)

#: how often a node asks what other nodes have purged: one query, which reads the events alone
ASKED_EVERY_S = 60.0
#: what is written later than so long after a purge was read from a database without the people: a
#: copy takes minutes, and nodes' clocks differ by less. So what a node that hears late has written
#: since stays, such as the copy from before an update or a restore
_WRITTEN_WITHIN = timedelta(hours=1)


def repeat_purges(database: Database, home: Path, *, now: datetime) -> list[Receipt]:
    """Purge again what the file of purges says is erased and is there, or was cut off on its way.

    To be called once a database is served again: by `init`, `run` and `worker`, and by whatever
    restores one. Of purges of which the file does not know yet, such as another node's, the files
    in this home are erased.
    """
    with purging_at(home):
        with database.read() as session:
            events = session.scalars(select(Event).order_by(Event.id)).all()
        receipts = [_repeated(database, home, event, now) for event in events]
        _erase_unknown(database, home)
    return [one for one in receipts if one is not None]


def erase_purged_elsewhere(database: Database, home: Path) -> None:
    """Erase the files in this home of events that another node has purged; cheap if there are none.

    Raises:
        OSError: a file cannot be erased. The purge stays unknown here, so that the next call tries
            again.
    """
    if _unknown(database, home):
        with purging_at(home):
            _erase_unknown(database, home)


class PurgesElsewhere:
    """Erases in a home, within a minute, the files of events that another node has purged."""

    def __init__(self) -> None:
        self._next_at = float("-inf")
        self._ending = threading.Event()
        self._watching: threading.Thread | None = None

    def look(self, database: Database, home: Path) -> None:
        """Ask what was purged, if it is time; a failure is logged, and tried again a minute later.

        Call it as often as you like.
        """
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + ASKED_EVERY_S
        try:
            erase_purged_elsewhere(database, home)
        except (SQLAlchemyError, OSError, ValueError) as fault:
            _log.warning("files of purged events were not looked for: %s", fault)

    def look_on(self, database: Database, home: Path) -> None:
        """Look at once and from then on, in a thread that ends with the process, or by `end`."""

        def watch() -> None:
            self.look(database, home)
            while not self._ending.wait(ASKED_EVERY_S):
                self.look(database, home)

        self._watching = threading.Thread(target=watch, name="purges elsewhere", daemon=True)
        self._watching.start()

    def end(self) -> None:
        """End the thread that looks, if there is one, and wait for it."""
        self._ending.set()
        if self._watching is not None:
            self._watching.join()


def _repeated(database: Database, home: Path, event: Event, now: datetime) -> Receipt | None:
    if event.purged_at is None:
        noted = next((one for one in purges_at(home) if one.is_of(event)), None)
        if noted is None:
            return None
        return purge_while_held(database, event, home, now=now, keep=noted.keep)
    with database.read() as session:
        keep, unfinished = kept_by_last(session, event), is_unfinished(session, event)
    if unfinished:
        return purge_while_held(database, event, home, now=now, keep=keep)
    return None


def _erase_unknown(database: Database, home: Path) -> None:
    for event, purged_at, keep in _unknown(database, home):
        until = purged_at + _WRITTEN_WITHIN
        count = erase_files(database, home, until) + erase_backups(home, until)
        keep_purge(home, event, purged_at, keep)
        _log.info("%s was purged by another node: %s files erased here", event.slug, count)


def _unknown(
    database: Database, home: Path
) -> Sequence[tuple[Event, datetime, tuple[Keepable, ...]]]:
    """Return the purges that this home's file does not know: which event, when, what was kept."""
    known = purges_at(home)
    with database.read() as session:
        purged = session.scalars(
            select(Event).where(Event.purged_at.is_not(None)).order_by(Event.id)
        )
        return [
            (event, at, kept_by_last(session, event))
            for event in purged.all()
            if (at := event.purged_at)
            and not any(one.is_of(event) and one.purged_at >= at for one in known)
        ]
