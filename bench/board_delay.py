"""Measure the time from a scan at one node to a board at another: `python -m bench.board_delay`.

Both nodes serve one PostgreSQL, and a board has to show a scan within a second.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.setup.figures import Progress, Table, percentile, shown
from bench.setup.stores import Store, postgresql_store
from bench.setup.venue import SCANS, Venue, open_venue, scan_body

LIMIT_S = 1.0
#: seconds between two scans, and how many of them: one alone, and a rush
PACES = {"alone": (1.5, 10), "20 a second": (0.05, 200)}
_PARTICIPANTS = 2_000
_PATIENCE_S = 30.0


class Board:
    """An open board that notes when it showed how many arrivals."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        self._connection.request("GET", "/api/v1/live", headers=_head(token))
        self._reply = self._connection.getresponse()
        self.shown_at: list[tuple[int, float]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._reply:
            if line.startswith(b"data: {"):
                arrived = json.loads(line.removeprefix(b"data: "))["totals"]["arrived"]
                self.shown_at.append((arrived, time.monotonic()))

    def wait_for(self, arrived: int) -> None:
        """Wait until it shows so many arrivals."""
        until = time.monotonic() + _PATIENCE_S
        while not self.shown_at or self.shown_at[-1][0] < arrived:
            if time.monotonic() > until:
                raise RuntimeError(f"the board did not show {arrived} arrivals")
            time.sleep(0.001)

    def when(self, arrived: int) -> float:
        """Return when it first showed so many arrivals."""
        return next(at for count, at in self.shown_at if count >= arrived)


def measure_board_delay(store: Store, venue: Venue, *, progress: Progress) -> Table:
    """Scan at one node, and note when a board at another node shows it."""
    rows, data = [], {}
    with venue.served() as (here, _), venue.served() as (there, _), _board(venue, there) as board:
        for name, (pause_s, count) in PACES.items():
            progress.step(f"{store.name}: scans {name}, and a board at another node")
            delays_s = _delays(venue, here, board, pause_s, count)
            data[name] = delays_s
            rows.append([name, str(count), *_figures(delays_s)])
    heads = ["scans", "count", "p50, ms", "p99, ms", "longest, ms", "longest / 1 s"]
    return Table(f"From a scan to a board at another node, {store.name}", heads, rows, data)


def _figures(delays_s: list[float]) -> list[str]:
    longest_s = max(delays_s)
    kept_s = [percentile(delays_s, 0.5), percentile(delays_s, 0.99), longest_s]
    return [*(shown(1000 * each) for each in kept_s), shown(longest_s / LIMIT_S)]


@contextmanager
def _board(venue: Venue, port: int) -> Iterator[Board]:
    board = Board(port, venue.tokens[1])
    board.wait_for(0)
    time.sleep(3)  # by now the node has seen that notifications arrive
    yield board


def _delays(venue: Venue, port: int, board: Board, pause_s: float, count: int) -> list[float]:
    """Return the seconds from each scan's answer to the board that shows it."""
    before = board.shown_at[-1][0]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    answered_at = []
    for code in venue.take_codes(count):
        connection.request("POST", SCANS, json.dumps(scan_body(code)), _head(venue.tokens[0]))
        if json.loads(connection.getresponse().read())["status"] != "ok":
            raise RuntimeError("a scan was refused")
        answered_at.append(time.monotonic())
        time.sleep(pause_s)
    connection.close()
    board.wait_for(before + count)
    return [
        max(0.0, board.when(before + number) - at) for number, at in enumerate(answered_at, start=1)
    ]


def _head(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="marhaba-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        with postgresql_store(Path(folder) / "postgresql") as store:
            venue = open_venue(store, _PARTICIPANTS)
            print(measure_board_delay(store, venue, progress=Progress(len(PACES))).markdown())


if __name__ == "__main__":
    main()
