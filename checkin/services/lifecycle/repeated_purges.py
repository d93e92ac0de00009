"""Repeat purges after a restore: a backup that was put back may hold erased people again.

To be called once a database is served again: by `init`, by `run`, and by whatever restores one.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import Event
from checkin.services.lifecycle.kept_purges import keep_purge, purges_at
from checkin.services.lifecycle.purge import Receipt, is_unfinished, kept_by_last, purge_event


def repeat_purges(database: Database, home: Path, *, now: datetime) -> list[Receipt]:
    """Purge again what the file of purges says is erased and is there, or was cut off on its way.

    Purges of which the file does not know yet, such as another node's, are written into it.
    """
    with database.read() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
    receipts = [_repeated(database, home, event, now) for event in events]
    return [one for one in receipts if one is not None]


def _repeated(database: Database, home: Path, event: Event, now: datetime) -> Receipt | None:
    noted = next((one for one in purges_at(home) if one.is_of(event)), None)
    if event.purged_at is None:
        if noted is None:
            return None
        return purge_event(database, event, home, now=now, early=True, keep=noted.keep)
    with database.read() as session:
        keep, unfinished = kept_by_last(session, event), is_unfinished(session, event)
    if unfinished:
        return purge_event(database, event, home, now=now, early=True, keep=keep)
    if noted is None:
        keep_purge(home, event, event.purged_at, keep)
    return None
