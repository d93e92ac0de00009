"""Write the gate list of very many people into segments, a pass at a time.

A pass writes what has changed since the one before. What it wrote never changes, so that a device
that was cut off goes on where it was, and an answer costs no more than reading it. Once the passes
hold much that is outdated, one writes the whole list anew, and those before it are deleted. All of
it is done in short transactions: on SQLite scans wait for them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, Event, GateListPass, GateListSegment
from checkin.protocol.gate_list import (
    SealedEntry,
    seal_compact_bus_list,
    seal_compact_entry,
)
from checkin.protocol.list_segments import (
    Record,
    extent_of,
    mark_of,
    record_bytes,
    segment_of,
)
from checkin.services.backups.epochs import current_epoch
from checkin.services.common.keys import Keys
from checkin.services.gates.bus_lists import Tell, bus_lists_since
from checkin.services.gates.gate_list import (
    badge_records,
    badges_since,
    current_cursor,
    list_readers,
)

_log = logging.getLogger(__name__)

#: a list of so many badges, or so many changes, is told in one answer
MOST_AT_ONCE = 2000
#: so many changes after a pass the next one begins: every gate is told them one by one until then
PASS_AFTER = 500
#: a segment is one answer, which leaves the server in one piece
SEGMENT_BYTES = 240 * 2**10
#: the whole list is written anew when the passes have so many times as many records as badges
MOST_RECORDS = 1.5
#: or when there are so many passes: a device looks for a badge in all of them
MOST_PASSES = 16
#: a pass that has told for so long of nothing is given up
LOST_AFTER = timedelta(minutes=1)
_KEPT_EVERY = timedelta(seconds=5)
#: badges that are read at a time
_READ_AT_ONCE = 2000


class PassLost(Exception):
    """The pass is not to go on: its event was purged, or another process has taken it for dead."""


@dataclass(frozen=True, slots=True)
class LivePasses:
    """The complete passes that make up the list as of a cursor.

    Attributes:
        completed_at: of the last one.
        records: of all.
    """

    ids: Sequence[int]
    cursor: int
    completed_at: datetime
    records: int


class _Compact:
    """Seals short entries; each pass seals each once."""

    def entry(self, row: Row[Any], token: bytes, tell: Tell) -> SealedEntry:
        return seal_compact_entry(token, tell(row))

    def bus_list(self, token: bytes, _version: int, content: Mapping[str, Any]) -> SealedEntry:
        return seal_compact_bus_list(token, content)


def live_passes(session: Session, event_id: int) -> LivePasses | None:
    """Return the passes that devices are told of; None where there are none of this epoch."""
    rows = session.scalars(
        select(GateListPass)
        .where(GateListPass.event_id == event_id, GateListPass.completed_at.is_not(None))
        .order_by(GateListPass.id)
    ).all()
    whole = [place for place, one in enumerate(rows) if one.whole]
    live = rows[whole[-1] :] if whole else []
    if not live or live[0].epoch != current_epoch(session):
        return None
    last = live[-1]
    completed_at = last.completed_at or last.kept_at
    return LivePasses(
        [one.id for one in live], last.cursor, completed_at, sum(one.records for one in live)
    )


def changed_since(session: Session, event_id: int, since: int, most: int) -> bool:
    """Say whether more than so many badges have changed after a version."""
    changed = (
        select(Badge.id)
        .where(Badge.event_id == event_id, Badge.list_version > since)
        .offset(most)
        .limit(1)
    )
    return session.scalar(changed) is not None


def events_to_write(session: Session, now: datetime) -> list[int]:
    """Return the events that a pass is due for, and that nobody is writing one for."""
    events = session.scalars(select(Event.id).where(Event.purged_at.is_(None))).all()
    under_way = select(GateListPass.event_id).where(
        GateListPass.completed_at.is_(None), GateListPass.kept_at > now - LOST_AFTER
    )
    busy = set(session.scalars(under_way))
    return [one for one in events if one not in busy and _is_due(session, one)]


def _is_due(session: Session, event_id: int) -> bool:
    live = live_passes(session, event_id)
    if live is None:
        return changed_since(session, event_id, 0, MOST_AT_ONCE)
    return changed_since(session, event_id, live.cursor, PASS_AFTER)


def write_pass(
    database: Database, event_id: int, keys: Keys, clock: Callable[[], datetime]
) -> int | None:
    """Write what has changed of an event's list since the last pass, or all of it.

    Returns:
        How many segments it wrote; None where another process writes, or the event was purged.
    """
    begun = in_transaction(database, lambda s: _begin(s, event_id, clock()))
    if begun is None:
        return None
    try:
        written = _written(database, begun, keys, clock)
    except PassLost:
        return None
    _clear(database, event_id)
    return written


@dataclass(frozen=True, slots=True)
class _Begun:
    id: int
    event_id: int
    since: int
    cursor: int
    epoch: str


def _begin(session: Session, event_id: int, now: datetime) -> _Begun | None:
    if not _hold(session, event_id):  # so that of several processes one begins
        return None
    under_way = session.scalar(
        select(GateListPass).where(_of(event_id), GateListPass.completed_at.is_(None))
    )
    if under_way is not None:
        if under_way.kept_at > now - LOST_AFTER:
            return None
        of_lost = GateListSegment.pass_id == under_way.id
        session.execute(delete(GateListSegment).where(of_lost))
        session.delete(under_way)
        session.flush()
    since = _since(session, event_id)
    # Read before the badges: what changes now comes again next time.
    cursor, epoch = current_cursor(session, event_id), current_epoch(session)
    started = GateListPass(
        event_id=event_id, epoch=epoch, cursor=cursor, whole=not since, kept_at=now, records=0
    )
    session.add(started)
    session.flush()
    return _Begun(started.id, event_id, since, cursor, epoch)


def _since(session: Session, event_id: int) -> int:
    """Return the version after which the next pass writes; 0 for the whole list."""
    live = live_passes(session, event_id)
    if live is None or len(live.ids) >= MOST_PASSES:
        return 0
    of_event = (Badge.event_id == event_id,)
    badges = session.scalars(select(func.count(Badge.id)).where(*of_event)).one()
    newer = (*of_event, Badge.list_version > live.cursor)
    changed = session.scalars(select(func.count(Badge.id)).where(*newer)).one()
    return 0 if live.records + changed > MOST_RECORDS * badges else live.cursor


def _written(database: Database, begun: _Begun, keys: Keys, clock: Callable[[], datetime]) -> int:
    records = _sealed(database, begun, keys, clock)
    contents = [segment_of(part) for part in _parts(sorted(records.values()))]
    for number, content in enumerate(contents):
        row = _segment(begun, number, content)
        in_transaction(database, lambda s, row=row: _add(s, begun, row, clock()))  # type: ignore[misc]
    in_transaction(database, lambda s: _complete(s, begun, len(records), clock()))
    return len(contents)


def _sealed(
    database: Database, begun: _Begun, keys: Keys, clock: Callable[[], datetime]
) -> dict[str, bytes]:
    """Return the records of a pass by their tags; who changes meanwhile has the newer one."""
    sealing, since, after = _Compact(), begun.since, None
    with database.read() as session:
        token_of, tell = list_readers(session, session.get_one(Event, begun.event_id), keys)
        buried, buses = bus_lists_since(
            session,
            begun.event_id,
            begun.since,
            token_of=token_of,
            tell=tell,
            seal=sealing.bus_list,
        )
    records = _by_tag([*buried, *buses])
    kept_at = clock()
    while True:
        with database.read() as session:  # opened anew, so that nothing is held while it seals
            found = badges_since(
                session, begun.event_id, since, after=after, most=_READ_AT_ONCE
            ).all()
        gone, entries = badge_records(found, token_of=token_of, tell=tell, sealed=sealing)
        records |= _by_tag([*gone, *entries])
        if len(found) < _READ_AT_ONCE:
            return records
        since, after = found[-1].list_version, found[-1].badge_id
        if clock() - kept_at >= _KEPT_EVERY:
            kept_at = clock()
            in_transaction(database, lambda s: _keep(s, begun, clock()))


def _by_tag(records: Sequence[Record]) -> dict[str, bytes]:
    return {one.tag: record_bytes(one) for one in records}


def _parts(records: Sequence[bytes]) -> list[list[bytes]]:
    """Part sorted records into those of each segment."""
    parts: list[list[bytes]] = []
    room = 0
    for record in records:
        if room < len(record):
            parts.append([])
            room = SEGMENT_BYTES
        parts[-1].append(record)
        room -= len(record)
    return parts


def _segment(begun: _Begun, number: int, content: bytes) -> dict[str, Any]:
    extent = extent_of(content)
    return {
        "mark": mark_of(content),
        "event_id": begun.event_id,
        "pass_id": begun.id,
        "number": number,
        "records": extent.records,
        "size": len(content),
        "first": extent.first,
        "last": extent.last,
        "content": content,
    }


def _add(session: Session, begun: _Begun, row: dict[str, Any], now: datetime) -> None:
    _keep(session, begun, now)
    session.add(GateListSegment(**row))


def _complete(session: Session, begun: _Begun, records: int, now: datetime) -> None:
    _keep(session, begun, now, completed_at=now, records=records)
    if current_epoch(session) != begun.epoch:
        raise PassLost


def _keep(session: Session, begun: _Begun, now: datetime, **more: Any) -> None:
    """Write that the pass goes on.

    The event is taken first, as by a purge: what it erases stays erased.

    Raises:
        PassLost: it is not to go on.
    """
    if not _hold(session, begun.event_id):
        raise PassLost
    mine = (GateListPass.id == begun.id, GateListPass.completed_at.is_(None))
    kept = session.execute(update(GateListPass).where(*mine).values(kept_at=now, **more))
    if not kept.rowcount:  # type: ignore[attr-defined]
        raise PassLost


def _hold(session: Session, event_id: int) -> bool:
    """Lock the event; False where it was purged."""
    free = select(Event.id).where(Event.id == event_id, Event.purged_at.is_(None))
    # Scans refer to the event's row, and need not wait for this lock.
    return session.scalar(free.with_for_update(key_share=True)) is not None


def _clear(database: Database, event_id: int) -> None:
    """Delete the passes before the last whole one, in pieces."""
    complete = (_of(event_id), GateListPass.completed_at.is_not(None))
    last_whole = select(func.max(GateListPass.id)).where(*complete, GateListPass.whole)
    before = GateListPass.id < last_whole.scalar_subquery()
    with database.read() as session:
        passes = session.scalars(select(GateListPass.id).where(*complete, before)).all()
        of_them = GateListSegment.pass_id.in_(passes)
        marks = session.scalars(select(GateListSegment.mark).where(of_them)).all()
    for mark in marks:
        gone = delete(GateListSegment).where(GateListSegment.mark == mark)
        in_transaction(database, lambda s, gone=gone: s.execute(gone))  # type: ignore[misc]
    if passes:
        gone_passes = delete(GateListPass).where(GateListPass.id.in_(passes))
        in_transaction(database, lambda s: s.execute(gone_passes))


def _of(event_id: int) -> ColumnElement[bool]:
    return GateListPass.event_id == event_id
