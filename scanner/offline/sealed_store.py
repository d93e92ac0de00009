"""Sealed pages of records on this device; what opens them is lent, and in memory only.

The file holds nothing that can be read without the key (`checkin.protocol.sealed_pages`): a laptop
that is switched off, or whose program has ended, shows no record to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checkin.protocol.sealed_pages import PageKeys, SealedPage
from scanner.offline.damaged import renew_if_damaged
from scanner.offline.disk import Connect, DeviceFile, connect_file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS head (body TEXT NOT NULL);      -- as the lender wrote it, with the marks
CREATE TABLE IF NOT EXISTS pages (mark TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID
"""


class SealedStore:
    """The pages of one list of records, in one file.

    Every method that changes something returns only after the change is on the disk, and raises
    SpoolUnwritable when it cannot be.
    """

    def __init__(self, path: Path, connect: Connect = connect_file) -> None:
        """Open or make the file."""
        renew_if_damaged(path, connect)
        self._file = DeviceFile(path, _SCHEMA, connect)
        self._keys: PageKeys | None = None
        self._opened: dict[str, list[dict[str, Any]]] = {}

    def lend(self, key: bytes) -> None:
        """Take the key; it is never written."""
        self._keys = PageKeys(key)

    def lock(self) -> None:
        """Forget the key, and what it has opened."""
        self._keys, self._opened = None, {}

    @property
    def is_open(self) -> bool:
        """Say whether the key is here, and every page that the head names."""
        return self._keys is not None and bool(self.head()) and not self.lacking()

    def head(self) -> dict[str, Any]:
        """Return what the lender said last, empty before that."""
        rows = self._file.rows("SELECT body FROM head")
        return dict(json.loads(str(rows[0][0]))) if rows else {}

    def expect(self, head: Mapping[str, Any]) -> None:
        """Store a new head, and erase the pages that its `marks` do not name."""
        named = set(head["marks"])
        with self._file.transaction() as connection:
            gone = [mark for (mark,) in connection.execute("SELECT mark FROM pages")]
            connection.executemany(
                "DELETE FROM pages WHERE mark = ?", [(mark,) for mark in gone if mark not in named]
            )
            connection.execute("DELETE FROM head")
            connection.execute("INSERT INTO head VALUES (?)", (json.dumps(head),))

    def lacking(self) -> Sequence[str]:
        """Return the marks of the pages that the head names and that are not here."""
        here = {mark for (mark,) in self._file.rows("SELECT mark FROM pages")}
        return [mark for mark in self.head().get("marks", ()) if mark not in here]

    def keep(self, pages: Iterable[SealedPage]) -> None:
        """Store the pages that the head names and that the key opens; others are left out."""
        lacking = set(self.lacking())
        wanted = [p for p in pages if p.mark in lacking and self._records(p) is not None]
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO pages VALUES (?, ?)",
                [(page.mark, page.sealed) for page in wanted],
            )

    def records(self) -> list[dict[str, Any]]:
        """Return the records of all pages, in order; none while the key is not here."""
        stored = dict(self._file.rows("SELECT mark, sealed FROM pages"))
        marks = [mark for mark in self.head().get("marks", ()) if mark in stored]
        opened = {mark: self._records(SealedPage(mark, stored[mark])) or [] for mark in marks}
        self._opened = opened if self._keys else {}
        return [record for records in opened.values() for record in records]

    def wipe(self) -> None:
        """Forget the key and erase everything."""
        self.lock()
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM head")
            connection.execute("DELETE FROM pages")
        self._file.clean()

    def close(self) -> None:
        """Forget the key and close the file; what is in it stays."""
        self.lock()
        self._file.close()

    def _records(self, page: SealedPage) -> list[dict[str, Any]] | None:
        if self._keys is None:
            return None
        return self._opened.get(page.mark) or self._keys.open(page)
