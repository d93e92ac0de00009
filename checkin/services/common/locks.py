"""Locks on an event, for admissions near a limit and for lending places to devices.

On SQLite there is only one writing transaction at a time anyway. On PostgreSQL admissions run
concurrently: where there is a limit, each holds a share of the event's advisory lock from before it
reads how many places are free until its commit. Whoever holds that lock alone sees every admission,
and none begins meanwhile. The event's row is always locked first: who waits for it, as for the end
of a long import, then keeps no admission waiting.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from checkin.db.engine import require_transaction, restart_transaction
from checkin.db.models import Event

#: names our advisory locks among those of the database ("MARH")
_SPACE = 0x4D415248
#: and those of uploads ("MARU")
_UPLOADS = 0x4D415255
# Rows that refer to the event may still be written: a scan has to be, before its share ends.
_LOCK_EVENT = (
    select(Event.id).where(Event.id == bindparam("event_id")).with_for_update(key_share=True)
)
_PASS = select(func.pg_advisory_xact_lock_shared(_SPACE, bindparam("event_id")))
_HOLD = select(func.pg_advisory_xact_lock(_SPACE, bindparam("event_id")))
_FOLLOW = select(func.pg_advisory_xact_lock(_UPLOADS, bindparam("event_id")))


def lock_event(connection: Connection, event_id: int) -> None:
    """Lock the event's row until the commit."""
    require_transaction(connection)
    connection.execute(_LOCK_EVENT, {"event_id": event_id})


def share_admissions(connection: Connection, event_id: int) -> None:
    """Make this transaction and `stop_admissions` exclude each other; other admissions go on.

    Admissions that count against a limit call this before they read how near it is.
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
    """Take both locks of an upload's admissions, in the order in which every transaction does."""
    lock_event(connection, event_id)
    share_admissions(connection, event_id)


def stop_admissions(connection: Connection, event_id: int) -> None:
    """Wait until no admission is between reading how many places are free and taking one."""
    lock_event(connection, event_id)
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD, {"event_id": event_id})


def admit_alone(connection: Connection, event_id: int) -> None:
    """Stop all other admissions for this one, which has written nothing yet.

    Its own share is given up first: two that held one would wait for each other for ever.
    """
    restart_transaction(connection)
    stop_admissions(connection, event_id)
