"""Who waits for whom at the gates, where places are few or are being lent.

On SQLite a transaction that writes is alone anyway. On PostgreSQL admissions run side by side;
those near a limit take the event's row, and a grant of places waits for all the others.
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
    """Queue for the event's row, and hold it to the commit."""
    require_transaction(connection)
    connection.execute(_LOCK_EVENT, {"event_id": event_id})


def share_admissions(connection: Connection, event_id: int) -> None:
    """Make grants of leases wait for this transaction, and it for them; others pass beside it.

    For admissions that count against the hall before they read how full it is: far from the limit
    they take no row, so that a grant could not see them.
    """
    if connection.dialect.name == "postgresql":
        require_transaction(connection)
        connection.execute(_PASS, {"event_id": event_id})


def queue_uploads(connection: Connection, event_id: int) -> None:
    """Let uploads come one after the other, to the commit; live scans pass beside them.

    Two that write the same badges in another order would each wait for the other, until
    PostgreSQL ends one of them after a second: several gates whose network comes back at once.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_FOLLOW, {"event_id": event_id})


def queue_admissions(connection: Connection, event_id: int) -> None:
    """Take both locks of an admission, in the order in which all take them."""
    share_admissions(connection, event_id)
    lock_event(connection, event_id)


def stop_admissions(connection: Connection, event_id: int) -> None:
    """Wait until nobody is between reading how many places are free and taking one."""
    if connection.dialect.name == "postgresql":
        require_transaction(connection)
        connection.execute(_HOLD, {"event_id": event_id})
    lock_event(connection, event_id)
