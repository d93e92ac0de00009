"""The gate list on this device: stored as received, with every entry sealed.

The list of very many people is in segments (`scanner.offline.held_segments`); what has changed
since lies beside them as rows, which come first when a badge is looked up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from checkin.protocol.compact_entries import ListNames
from checkin.protocol.gate_list import SealedEntry, Tombstone
from checkin.protocol.list_segments import Named, Record
from scanner.core.errors import ListRefused
from scanner.offline.damaged import renew_if_damaged
from scanner.offline.disk import Connect, DeviceFile, connect_file
from scanner.offline.held_segments import SCHEMA, HeldSegments, WrongSegment
from scanner.offline.list_checks import Held, Objection, Received, objection, received

#: the file's name in a device's folder
GATE_LIST = "gate-list.sqlite"
_SCHEMA = f"""{SCHEMA};
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (tag TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstones (tag TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID
"""

#: of a head: kept with the segments
_OF_SEGMENTS = {"segments", "delegations", "categories"}


class HeldList:
    """One event's gate list and this gate's number, in one file.

    Every method that changes something returns only after the change is on the disk, and raises
    SpoolUnwritable when it cannot be.
    """

    def __init__(self, folder: Path, *, event: str = "", connect: Connect = connect_file) -> None:
        """Open or make the file in `folder`.

        Args:
            event: the slug that the pairing named; a list of another event is refused.
        """
        self.folder = folder
        renew_if_damaged(folder / GATE_LIST, connect)
        self._file = DeviceFile(folder / GATE_LIST, _SCHEMA, connect)
        self._event = event
        self._segments = HeldSegments(self._file)
        self._coming: Received | None = None
        self._changing = Lock()  # segments arrive in one thread, and changes in another

    def held(self) -> Held:
        """Return what is known of the stored list."""
        kept = self._kept()
        return Held(
            event=kept.get("event", self._event),
            public_key=kept.get("public_key", ""),
            cursor=int(kept.get("cursor", 0)),
            epoch=kept.get("epoch", ""),
            left=frozenset(kept.get("left", "").split()),
        )

    @property
    def is_there(self) -> bool:
        """Say whether a list is stored."""
        return "head" in self._kept()

    def take(self, body: dict[str, Any], etag: str = "") -> None:
        """Store a list that arrived: a whole list, or the changes since the stored one.

        One that comes in segments is expected from now on; the stored one stays until it is here.

        Raises:
            ListRefused: it is not the server's, not this event's, or not newer.
        """
        with self._changing:
            new, held = received(body), self.held()
            against = objection(held, new)
            if against or new is None:
                raise ListRefused(objection=against)
            if new.comes_in_segments:
                self._expect(new)
            else:
                self._store(held, new, etag)

    def _store(self, held: Held, new: Received, etag: str) -> None:
        is_whole = new.since == 0
        with self._file.transaction() as connection:
            if is_whole:
                _clear(connection)
                self._segments.write_in(connection, None)
            # First the tombstones: an entry that comes with one is what holds from now on.
            for apply in APPLY_IN_ORDER:
                apply(connection, new)
            _keep_all(connection, _head_rows(held, new, etag))
        if is_whole:
            self._coming = None
            self._segments.use(None)

    def _expect(self, new: Received) -> None:
        self._segments.keep_only(new.segments)
        self._coming = new

    @property
    def is_coming(self) -> bool:
        """Say whether a list is expected whose segments are not all here."""
        return self._coming is not None

    def progress(self) -> tuple[int, int] | None:
        """Return how many segments of the list that is coming are here, and of how many."""
        coming = self._coming
        if coming is None:
            return None
        of = len(coming.segments)
        return of - len(self._segments.lacking(coming.segments)), of

    def lacking(self) -> Sequence[Named]:
        """Return the segments that are still to be fetched of the list that is coming."""
        coming = self._coming
        return self._segments.lacking(coming.segments) if coming else ()

    def keep_segment(self, mark: str, content: bytes) -> None:
        """Store a segment that arrived.

        Raises:
            ListRefused: it is not the one that the signed head names.
        """
        try:
            self._segments.keep(mark, content)
        except WrongSegment as fault:
            raise ListRefused(objection=Objection.FORGED) from fault

    def expect_nothing(self) -> None:
        """Give up the list that is coming; what is here of it is not fetched again."""
        self._coming = None

    def use_what_came(self) -> bool:
        """Use the list that was coming if all of it is here; say whether it is in use now.

        Raises:
            ListRefused: the stored one has become newer meanwhile.
        """
        with self._changing:
            new, held = self._coming, self.held()
            if new is None or self._segments.lacking(new.segments):
                return False
            self._coming = None
            against = objection(held, new)
            if against:
                raise ListRefused(objection=against)
            with self._file.transaction() as connection:
                _clear(connection)  # whatever was changed is in the segments, too
                self._segments.write_in(connection, new.head)
                _keep_all(connection, _head_rows(held, new, ""))
            self._segments.use(new.head)
            return True

    def confirm(self, at: datetime) -> None:
        """Store that this list was the newest one at `at` by the server's clock."""
        self._keep("confirmed_at", at.isoformat())

    def confirmed_at(self) -> datetime | None:
        """Return when the server last confirmed this list as the newest, by its clock."""
        text = self._kept().get("confirmed_at")
        return datetime.fromisoformat(text) if text else None

    def etag(self) -> str:
        """Return the ETag of the server's last list."""
        return self._kept().get("etag", "")

    def policy(self) -> dict[str, Any]:
        """Return the entry policy of the list's head, as received."""
        policy: dict[str, Any] = json.loads(self._kept()["head"])["policy"]
        return policy

    def gates(self) -> list[dict[str, Any]]:
        """Return the event's gates as {id, name, name_ar}; a list of an earlier server has none."""
        gates: list[dict[str, Any]] = json.loads(self._kept()["head"]).get("gates") or []
        return gates

    @property
    def names(self) -> ListNames:
        """Return the names by which the entries of segments are read."""
        return self._segments.names

    def entry(self, tag: str) -> SealedEntry | None:
        """Return the sealed entry of a badge."""
        found = self._record(tag)
        return found if isinstance(found, SealedEntry) else None

    def tombstone(self, tag: str) -> str | None:
        """Return why a badge is no longer good, or None."""
        found = self._record(tag)
        return found.reason if isinstance(found, Tombstone) else None

    def _record(self, tag: str) -> Record | None:
        rows = self._file.rows("SELECT sealed FROM entries WHERE tag = ?", (tag,))
        if rows:
            return SealedEntry(tag, str(rows[0][0]))
        rows = self._file.rows("SELECT reason FROM tombstones WHERE tag = ?", (tag,))
        return Tombstone(tag, str(rows[0][0])) if rows else self._segments.record(tag)

    def place(self) -> dict[str, Any]:
        """Return {id, name, name_ar} of this gate as the server last told it, else empty."""
        place: dict[str, Any] = json.loads(self._kept().get("place") or "{}")
        return place

    def keep_place(self, place: dict[str, Any]) -> None:
        """Store which gate this is, as the server says."""
        if place != self.place():
            self._keep("place", json.dumps(place))

    def wipe(self) -> None:
        """Erase everything."""
        with self._changing:
            self._coming = None
            with self._file.transaction() as connection:
                for table in ("kept", "entries", "tombstones", "segments", "segmented"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - tables of this file
            self._segments.use(None)
        self._file.clean()

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._file.close()

    def _kept(self) -> dict[str, str]:
        return {str(name): str(value) for name, value in self._file.rows("SELECT * FROM kept")}

    def _keep(self, name: str, value: str) -> None:
        self._file.write("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))


def _clear(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM entries")
    connection.execute("DELETE FROM tombstones")


def _keep_all(connection: sqlite3.Connection, rows: list[tuple[str, str]]) -> None:
    connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)


def _bury(connection: sqlite3.Connection, new: Received) -> None:
    for tomb in new.tombstones:
        connection.execute("DELETE FROM entries WHERE tag = ?", (tomb.tag,))
        connection.execute(
            "INSERT OR REPLACE INTO tombstones VALUES (?, ?)", (tomb.tag, tomb.reason)
        )


def _add(connection: sqlite3.Connection, new: Received) -> None:
    for entry in new.entries:
        connection.execute("DELETE FROM tombstones WHERE tag = ?", (entry.tag,))
        connection.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?)", (entry.tag, entry.sealed)
        )


APPLY_IN_ORDER = (_bury, _add)


def _head_rows(held: Held, new: Received, etag: str) -> list[tuple[str, str]]:
    epoch = new.epoch or held.epoch  # an earlier version of the same server names none
    left = held.left | {held.epoch} - {epoch}
    return [
        ("head", json.dumps({key: new.head[key] for key in new.head.keys() - _OF_SEGMENTS})),
        ("event", str(new.head["event"])),
        ("public_key", new.public_key),  # pinned by the first list that is taken
        ("cursor", str(new.cursor)),
        ("epoch", epoch),
        ("left", " ".join(sorted(left))),
        ("confirmed_at", new.issued_at.isoformat()),
        ("etag", etag),
    ]
