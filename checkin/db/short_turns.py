"""Write many rows in batches, for the end of each of which others wait for a moment only."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from checkin.db.engine import Database

#: for so long a batch may hold SQLite's lock, for which every scan waits
TURN_S = 0.02
#: A batch of fewer rows takes hardly less: each has the same dozen statements and a commit.
LEAST = 10


class ShortTurns:
    """How many rows the next batch has, by how long the last one held SQLite's lock.

    On PostgreSQL, where scans do not wait for a batch, all have the same number.

    Attributes:
        size: rows of the next batch.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most, self.size = database, most, most
        self._held_from = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Write a batch; then leave the lock to others for as long as it was held here."""
        self.has_begun()
        yield
        if self._database.dialect != "sqlite":
            return
        held_s = time.monotonic() - self._held_from
        rests_until = time.monotonic() + held_s
        self.size = next_size(self.size, held_s, self._most)
        self._database.checkpoint()
        time.sleep(max(0.0, rests_until - time.monotonic()))

    def has_begun(self) -> None:
        """Say that the lock is held from now on: until then others were waited for."""
        self._held_from = time.monotonic()


def next_size(size: int, held_s: float, most: int) -> int:
    """Return how many rows the next batch has after one of `size` that held the lock so long.

    Never twice as many as before, and at least `LEAST`, unless `most` is less.
    """
    fits = round(size * min(2.0, TURN_S / max(held_s, 1e-6)))
    return min(most, max(fits, LEAST))


@contextmanager
def short_turns(database: Database, most: Mapping[str, int]) -> Iterator[ShortTurns]:
    """Begin to write many rows; what was committed is brought into SQLite's file between batches.

    Args:
        most: rows of one batch, by the dialect of the database.
    """
    with database.checkpoints_apart():
        yield ShortTurns(database, most[database.dialect])
