"""The segments of the gate list on this device: each is stored as it arrived, and never changes.

They lie in the file of the gate list. Those of the list in use are looked into; those of a list
that is still arriving wait beside them, so that whoever was cut off fetches only what is lacking.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkin.protocol.compact_entries import NO_NAMES, ListNames, names_in
from checkin.protocol.list_segments import (
    Named,
    Record,
    extent_of,
    mark_of,
    record_in,
    segments_in,
)
from scanner.offline.disk import DeviceFile

#: of the file
SCHEMA = """
CREATE TABLE IF NOT EXISTS segments (mark TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS segmented (head TEXT NOT NULL)
"""


class WrongSegment(Exception):
    """What arrived is not the segment with this mark."""


class HeldSegments:
    """The segments in the file of the gate list."""

    def __init__(self, file: DeviceFile) -> None:
        """Read which ones are in use."""
        self._file = file
        rows = file.rows("SELECT head FROM segmented")
        self._use(json.loads(rows[0][0]) if rows else None)

    @property
    def names(self) -> ListNames:
        """Return the names by which entries of the list in use are read."""
        return self._names

    def record(self, tag: str) -> Record | None:
        """Return the latest record of a tag in the list in use; None where it has none."""
        for one in reversed(self._named):
            if one.may_hold(tag):
                rows = self._file.rows("SELECT content FROM segments WHERE mark = ?", (one.mark,))
                found = record_in(rows[0][0], tag) if rows else None
                if found is not None:
                    return found
        return None

    def lacking(self, segments: Iterable[Named]) -> Sequence[Named]:
        """Return those of some segments that are not here, in their order."""
        here = {str(mark) for (mark,) in self._file.rows("SELECT mark FROM segments")}
        return [one for one in segments if one.mark not in here]

    def keep(self, mark: str, content: bytes) -> None:
        """Store a segment that arrived.

        Raises:
            WrongSegment: it is not the one with this mark, or none at all.
        """
        if mark_of(content) != mark:
            raise WrongSegment
        try:
            extent_of(content)
        except ValueError as fault:
            raise WrongSegment from fault
        self._file.write("INSERT OR REPLACE INTO segments VALUES (?, ?)", (mark, content))

    def write_in(self, connection: sqlite3.Connection, head: Mapping[str, Any] | None) -> None:
        """Write within a transaction which list is in use from now on; `use` follows it."""
        connection.execute("DELETE FROM segmented")
        if head is not None:
            connection.execute("INSERT INTO segmented VALUES (?)", (json.dumps(head),))

    def use(self, head: Mapping[str, Any] | None) -> None:
        """Use the list with this head, which is written; None for a list without segments."""
        self._use(head)
        self.keep_only(())

    def _use(self, head: Mapping[str, Any] | None) -> None:
        self._named = segments_in(head) if head else ()
        self._names = names_in(head) if head else NO_NAMES

    def keep_only(self, coming: Iterable[Named]) -> None:
        """Delete the segments that belong neither to the list in use nor to these, one by one."""
        wanted = {one.mark for one in (*self._named, *coming)}
        for (mark,) in self._file.rows("SELECT mark FROM segments"):
            if mark not in wanted:
                self._file.write("DELETE FROM segments WHERE mark = ?", (mark,))
