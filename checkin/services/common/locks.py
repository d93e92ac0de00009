"""Locks on an event, for admissions near a limit and for lending places to devices.

On SQLite there is only one writing transaction at a time anyway. On PostgreSQL admissions run
concurrently; those near a limit lock the event's row, and a grant of places waits for all others.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from checkin.db.engine import require_transaction
from checkin.db.models import Event

#: names our advisory locks among those of the database ("MARH")
_SPACE = 0x4D415248
#: and those of uploads ("MARU")
_UPLOADS = 0x4D415255
_LOCK_EVENT = select(Event.id).where(Event.id == bindparam("event_id")).with_for_update()
_PASS = select(func.pg_advisory_xact_lock_shared(_SPACE, bindparam("event_id")))
_HOLD = select(func.pg_advisory_xact_lock(_SPACE, bindparam("event_id")))
_FOLLOW = select(func.pg_advisory_xact_lock(_UPLOADS, bindparam("event_id")))


def lock_event(connection: Connection, event_id: int) -> None:
    """Lock the event's row until the commit."""
    require_transaction(connection)
    connection.execute(_LOCK_EVENT, {"event_id": event_id})


def share_admissions(connection: Connection, event_id: int) -> None:
    """Make this transaction and grants of leases exclude each other; other admissions go on.

    Admissions that count against the hall call this before they read how full it is: far from the
    limit they do not lock the event's row, so a grant could not see them otherwise.
    """
    if connection.dialect.name == "postgresql":
        require_transaction(connection)
        connection.execute(_PASS, {"event_id": event_id})


def queue_uploads(connection: Connection, event_id: int) -> None:
    """Make the uploads of an event run one after the other until the commit; live scans go on.

    Two uploads that write the same badges in a different order would deadlock, until PostgreSQL
    ends one of them after a second: it happens when the network of several gates comes back.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_FOLLOW, {"event_id": event_id})


def queue_admissions(connection: Connection, event_id: int) -> None:
    """Take both locks of an admission, in the order in which every transaction takes them."""
    share_admissions(connection, event_id)
    lock_event(connection, event_id)


def stop_admissions(connection: Connection, event_id: int) -> None:
    """Wait until no admission is between reading how many places are free and taking one."""
    if connection.dialect.name == "postgresql":
        require_transaction(connection)
        connection.execute(_HOLD, {"event_id": event_id})
    lock_event(connection, event_id)
