"""What the server's log must say after a hardship."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.servers.scanner_process import Laptop
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for


class History:
    """The log of a server's home, read as nobody else does.

    Args:
        badges: lines of `badges codes`.
    """

    def __init__(self, home: Path, badges: Iterable[dict[str, str]]) -> None:
        self._file = home / "marhaba.db"
        self.who = {line["code"]: int(line["participant_id"]) for line in badges}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def counted(self) -> list[int]:
        """Return who is counted in, each as often as they are."""
        query = "SELECT participant_id FROM admission WHERE annulled_at IS NULL ORDER BY 1"
        return [who for (who,) in self.rows(query)]

    def has_counted(self, codes: Iterable[str]) -> bool:
        """Say whether exactly the holders of these badges are counted in, each once."""
        return self.counted() == sorted(self.who[code] for code in codes)

    def lost(self, verdicts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what was shown as accepted and is not in the log, as accepted, exactly once."""
        found = self.rows("SELECT participant_id, scanned_at FROM scan WHERE status = 'ok'")
        logged = [(who, datetime.fromisoformat(at).replace(tzinfo=UTC)) for who, at in found]
        return [
            one
            for one in verdicts
            if one["status"] == "ok"
            and logged.count((self.who[one["code"]], datetime.fromisoformat(one["at"]))) != 1
        ]

    def conflicts(self) -> int:
        """Count what organisers have to decide."""
        ((count,),) = self.rows("SELECT count(*) FROM conflict")
        return int(count)


def bring_everything(laptop: Laptop) -> None:
    """Wait until a running laptop has sent what it holds, then quit."""
    wait_for(lambda: laptop.waiting() == 0, f"what waits: {laptop.said}", 120)
    assert laptop.waiting("set_aside") == 0
    laptop.quit()


def the_figures_are_the_log_s(server: Server, token: str, arrived: int) -> None:
    """Invariant 5."""
    totals = server.status(token)["totals"]
    assert totals["arrived"] == totals["inside"] == arrived
