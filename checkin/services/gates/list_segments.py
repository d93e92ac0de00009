"""The gate list of very many people as devices fetch it: its signed head, and its segments."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Result, Row, select
from sqlalchemy.orm import Session

from checkin.db.engine import Database
from checkin.db.models import Category, Delegation, Event, GateListSegment
from checkin.errors import ListNotReady
from checkin.protocol.list_segments import HEAD_FORMAT
from checkin.services.common.keys import Keys
from checkin.services.gates.gate_list import (
    GateList,
    gates_by_category,
    list_head,
    moment_text,
    signed_list,
)
from checkin.services.gates.list_passes import (
    MOST_AT_ONCE,
    LivePasses,
    changed_since,
    live_passes,
)
from checkin.services.jobs.workers import is_any_alive

#: the segments of two events of 100,000 people
_KEPT_BYTES = 32 * 2**20


class KnownSegments:
    """A cache of segments: gates that are paired together fetch the same ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], bytes] = OrderedDict()
        self._bytes = 0
        self._mutex = Lock()

    def content(self, database: Database, event_id: int, mark: str) -> bytes | None:
        """Return an event's segment by its mark; None where there is none, or no more."""
        key = event_id, mark
        with self._mutex:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        content = _content(database, event_id, mark)
        if content is not None:
            self._keep(key, content)
        return content

    def _keep(self, key: tuple[int, str], content: bytes) -> None:
        with self._mutex:
            if key in self._kept:
                return
            self._kept[key] = content
            self._bytes += len(content)
            while self._bytes > _KEPT_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest)


def _content(database: Database, event_id: int, mark: str) -> bytes | None:
    one = (GateListSegment.mark == mark, GateListSegment.event_id == event_id)
    with database.reading() as connection:
        content: bytes | None = connection.scalar(select(GateListSegment.content).where(*one))
    return content


def list_of_segments(
    session: Session, event_id: int, since: int, keys: Keys, now: datetime
) -> GateList | None:
    """Return the head of the list of an event with very many people, by which its segments are got.

    It leads up to the last pass, and names all segments: a device fetches those that it lacks, and
    then what has changed behind them.

    Args:
        since: the cursor of the list that the device has; 0 for none.

    Returns:
        None where the changes are told in one answer: there are few, or nobody writes segments.

    Raises:
        ListNotReady: they are being written.
    """
    if not changed_since(session, event_id, since, MOST_AT_ONCE):
        return None
    live = live_passes(session, event_id)
    if live is None or changed_since(session, event_id, live.cursor, MOST_AT_ONCE):
        if is_any_alive(session, now):
            raise ListNotReady("the gate list is being prepared: ask again in a moment")
        return None
    event = session.get_one(Event, event_id)
    head = list_head(session, event, live.cursor, 0, now) | {
        "format": HEAD_FORMAT,
        "as_of": moment_text(live.completed_at),
        "delegations": _delegations(session, event_id),
        "categories": _categories(session, event_id),
        "segments": [_told(one) for one in _segments(session, live)],
    }
    return signed_list(keys, head)


def _segments(session: Session, live: LivePasses) -> Result[Any]:
    columns = (GateListSegment.mark, GateListSegment.size, GateListSegment.records)
    return session.execute(
        select(*columns, GateListSegment.first, GateListSegment.last)
        .where(GateListSegment.pass_id.in_(live.ids))
        .order_by(GateListSegment.pass_id, GateListSegment.number)
    )


def _told(one: Row[Any]) -> dict[str, Any]:
    of = {"mark": one.mark, "bytes": one.size, "records": one.records}
    return of | {"first": one.first, "last": one.last}


def _delegations(session: Session, event_id: int) -> list[dict[str, Any]]:
    columns = (Delegation.id, Delegation.name, Delegation.name_ar, Delegation.quota)
    of_event = select(*columns).where(Delegation.event_id == event_id)
    return [one._asdict() for one in session.execute(of_event.order_by(Delegation.id))]


def _categories(session: Session, event_id: int) -> list[dict[str, Any]]:
    gates = gates_by_category(session, event_id)
    columns = (Category.id, Category.name, Category.name_ar)
    of_event = select(*columns).where(Category.event_id == event_id)
    return [
        one._asdict() | {"gates": list(gates.get(one.id, ()))}
        for one in session.execute(of_event.order_by(Category.id))
    ]
