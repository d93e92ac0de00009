"""Whom this help desk has shown without the network, and when: numbers and times, no names.

They are counted here as the server counts them, and told to the server afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from checkin.domain.people.searching import BUDGET_LASTS, Showing, Spent
from scanner.offline.damaged import renew_if_damaged
from scanner.offline.disk import Connect, DeviceFile, connect_file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shown (
    participant_id INTEGER PRIMARY KEY,
    at    TEXT NOT NULL,        -- by the server's clock
    told  INTEGER NOT NULL      -- the server knows
)
"""


class ShownPeople:
    """The people shown within the time of a budget, in one file.

    Every method that changes something returns only after the change is on the disk, and raises
    SpoolUnwritable when it cannot be.
    """

    def __init__(self, path: Path, connect: Connect = connect_file) -> None:
        """Open or make the file."""
        renew_if_damaged(path, connect)
        self._file = DeviceFile(path, _SCHEMA, connect)

    def spent(self, now: datetime) -> Spent:
        """Return whom the budget counts; nobody is given back, as the server gives nobody back."""
        rows = self._file.rows("SELECT participant_id, at FROM shown")
        shown = (Showing(int(number), datetime.fromisoformat(str(at))) for number, at in rows)
        return Spent([one for one in shown if one.shown_at > now - BUDGET_LASTS])

    def note(self, people: Iterable[int], at: datetime, *, told: bool = False) -> None:
        """Count people as shown; those of longer ago than a budget lasts, and told, are forgotten.

        Args:
            told: it was the server that showed them.
        """
        with self._file.transaction() as connection:
            connection.execute(
                "DELETE FROM shown WHERE told AND at <= ?", ((at - BUDGET_LASTS).isoformat(),)
            )
            connection.executemany(
                "INSERT OR REPLACE INTO shown VALUES (?, ?, ?)",
                [(number, at.isoformat(), told) for number in people],
            )

    def untold(self, most: int = 500) -> dict[int, datetime]:
        """Return whom the server does not know of, and when each was shown."""
        rows = self._file.rows(
            "SELECT participant_id, at FROM shown WHERE NOT told ORDER BY at LIMIT ?", (most,)
        )
        return {int(number): datetime.fromisoformat(str(at)) for number, at in rows}

    def tell(self, shown: dict[int, datetime]) -> None:
        """Note that the server knows of these; who was shown again meanwhile is not among them."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE shown SET told = 1 WHERE participant_id = ? AND at = ?",
                [(number, at.isoformat()) for number, at in shown.items()],
            )

    def wipe(self) -> None:
        """Erase everything."""
        self._file.write("DELETE FROM shown")
        self._file.clean()

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._file.close()
