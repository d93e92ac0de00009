"""Give the badges of earlier versions their refs, by which devices name them without their codes.

Only the program can: a ref is made from a badge's token, the token from the event's key, and a
migration has no key.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, Event
from checkin.protocol.codes import token_for, token_hash
from checkin.protocol.gate_list import tag_bytes
from checkin.services.common.keys import Keys

#: badges in a transaction: few, so that gates which scan meanwhile do not wait for long
BATCH = 500
_BEFORE_ALL = UUID(int=0)


def fill_refs(database: Database, keys: Keys) -> int:
    """Write the refs of all badges that have none, and return how many were written.

    It may be interrupted, and run by several processes at once: each writes the same.
    """
    count, last = 0, _BEFORE_ALL
    while found := in_transaction(database, partial(_fill_some, keys=keys, after=last)):
        count, last = count + found[0], found[1]
    return count


def _fill_some(session: Session, *, keys: Keys, after: UUID) -> tuple[int, UUID] | None:
    """Fill the next badges; return how many, and the last one looked at. None if none is left."""
    rows = session.execute(
        select(Badge.id, Badge.issue, Badge.token_hash, Event.slug)
        .join(Event, Event.id == Badge.event_id)
        .where(Badge.ref.is_(None), Badge.id > after)
        .order_by(Badge.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return None
    refs = []
    for row in rows:
        token = token_for(keys.for_event(row.slug), row.id, row.issue)
        if token_hash(token) == row.token_hash:  # else it was made with another key
            refs.append({"badge": row.id, "to": tag_bytes(token)})
    if refs:
        session.connection().execute(_WRITE, refs)
    return len(refs), rows[-1].id


_WRITE = update(Badge).where(Badge.id == bindparam("badge")).values(ref=bindparam("to"))
