"""The mirror of an event for its hubs: pages of rows, each named by a mark of what it holds.

A hub keeps the marks of what it has and asks for the pages whose marks it does not know. So what
changes costs a page of it, however large the event is, and no change is forgotten.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, inspect, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Scan
from checkin.protocol.base64url import text_of
from checkin.services.hubs.mirrored import MIRRORED, Cut, Mirrored

#: of the marks and pages
FORMAT = 1
#: so many numbers of a key are one page
PAGE_NUMBERS = 200
#: so many pages a hub may ask for at once
MOST_PAGES = 40
#: a large table is looked through at most this often, however often people are registered
_AT_MOST_EVERY_S = 15.0
#: and at least this often, for what changes no gate list
_AT_LEAST_EVERY_S = 120.0
_MARK_BYTES = 16
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a table.

    Attributes:
        number: by which its rows are cut from the others; no hub needs it.
        mark: of its columns and rows as JSON.
    """

    number: int
    mark: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Mirror:
    """What a hub compares with what it has.

    Attributes:
        cursor: the event's list_version, read before everything else.
        tables: the marks of the pages of each table.
        arrivals: the highest number of a scan of the event; 0 where there is none.
    """

    cursor: int
    tables: Mapping[str, Sequence[str]]
    arrivals: int


@dataclass(frozen=True, slots=True)
class _Looked:
    """The marks of a table by its pages' numbers, as of a list_version and a moment."""

    version: int
    at: float
    marks: Mapping[int, str]


class MirrorMarks:
    """Remembers the marks of large tables, which take a while to look through."""

    def __init__(self) -> None:
        self._looked: dict[tuple[int, str], _Looked] = {}
        self._turns: dict[tuple[int, str], Lock] = {}
        self._mutex = Lock()

    def marks(
        self, session: Session, event_id: int, table: Mirrored, version: int, *, anew: bool = False
    ) -> Mapping[int, str]:
        """Return the marks of a large table's pages, as they are or were a moment ago.

        Args:
            version: the event's list_version, read before this.
            anew: look through it even if what is remembered is not old.
        """
        key = (event_id, table.name)
        with self._mutex:
            turn = self._turns.setdefault(key, Lock())
        with turn:  # hubs that ask at once need it looked through once
            known, now = self._looked.get(key), time.monotonic()
            if known is None or anew or _is_old(known, version, now):
                marks = {page.number: page.mark for page in _pages(session, event_id, 0, table)}
                known = self._looked[key] = _Looked(version, now, marks)
            return known.marks


def _is_old(known: _Looked, version: int, now: float) -> bool:
    age = now - known.at
    return age >= _AT_LEAST_EVERY_S or (known.version != version and age >= _AT_MOST_EVERY_S)


def mirror_of(session: Session, event_id: int, hub_id: int, marks: MirrorMarks) -> Mirror:
    """Return the marks of all pages of an event, as a hub is told them."""
    version = _version(session, event_id)
    tables = {
        table.name: list(_marks(session, event_id, hub_id, table, version, marks).values())
        for table in MIRRORED
    }
    highest = select(func.coalesce(func.max(Scan.id), 0)).where(Scan.event_id == event_id)
    return Mirror(version, tables, session.scalars(highest).one())


def pages_with(
    session: Session,
    event_id: int,
    hub_id: int,
    table: Mirrored,
    asked: Sequence[str],
    marks: MirrorMarks,
) -> Sequence[Page]:
    """Return the pages of a table that have these marks.

    A page that has changed since is returned as it is now, under its new mark; one that is not
    known any more is left out, and the hub asks for the mirror again.
    """
    version = _version(session, event_id)
    known = _marks(session, event_id, hub_id, table, version, marks)
    if table.is_large and not set(asked) <= set(known.values()):
        # Another process of this server has named them.
        known = marks.marks(session, event_id, table, version, anew=True)
    wanted = set(asked)
    numbers = [number for number, mark in known.items() if mark in wanted]
    if table.cut is Cut.WHOLE:
        return [*_pages(session, event_id, hub_id, table)] if numbers else []
    return [
        page for one in numbers for page in _pages(session, event_id, hub_id, table, number=one)
    ]


def _version(session: Session, event_id: int) -> int:
    return session.scalars(select(Event.list_version).where(Event.id == event_id)).one()


def _marks(
    session: Session, event_id: int, hub_id: int, table: Mirrored, version: int, marks: MirrorMarks
) -> Mapping[int, str]:
    if table.is_large:
        return marks.marks(session, event_id, table, version)
    return {page.number: page.mark for page in _pages(session, event_id, hub_id, table)}


def _pages(
    session: Session, event_id: int, hub_id: int, table: Mirrored, *, number: int | None = None
) -> Iterator[Page]:
    """Read the pages of a table in the order of its keys, or the one with this number."""
    key = inspect(table.model).primary_key
    query = select(*table.columns).where(table.rows(event_id, hub_id)).order_by(*key)
    if number is not None:
        query = query.where(key[0].between(*_bounds(table.cut, number)))
    rows = session.execute(query)
    place = table.told.index(key[0].name)
    for page, of_page in groupby(rows, lambda row: _page_of(table.cut, row[place])):
        yield _page(page, table.told, of_page)


def _page(number: int, columns: Sequence[str], rows: Iterable[Row[Any]]) -> Page:
    told = [[_value(one) for one in row] for row in rows]
    return Page(number, mark_of(columns, told), columns, told)


def mark_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return the mark of a page: the first half of the SHA-256 of its JSON, as base64url."""
    written = _ENCODER.encode({"columns": [*columns], "rows": rows})
    return text_of(hashlib.sha256(written.encode()).digest()[:_MARK_BYTES])


def _page_of(cut: Cut, key: Any) -> int:
    if cut is Cut.NUMBERS:
        return int(key) // PAGE_NUMBERS
    return int(key.bytes[0]) if cut is Cut.UUIDS else 0


def _bounds(cut: Cut, page: int) -> tuple[Any, Any]:
    if cut is Cut.NUMBERS:
        return page * PAGE_NUMBERS, (page + 1) * PAGE_NUMBERS - 1
    return UUID(bytes=bytes([page]) + bytes(15)), UUID(bytes=bytes([page]) + b"\xff" * 15)


def _value(value: Any) -> Any:
    """Return a value of a row as JSON has it: docs/hub.md says how."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return {"b": text_of(value)}
    return str(value) if isinstance(value, UUID) else value
