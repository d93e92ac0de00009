"""Counters of attempts in this process: for a single server, and while Redis is away."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from checkin.services.limits.counters import Counter

#: about 10 MB
MOST_KEYS = 50_000


class MemoryCounters:
    """Counts under one lock; beyond a number of keys, the least used counters are dropped.

    Args:
        most_keys: the largest number of counters that are kept.
    """

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._mutex = Lock()
        self._most_keys = most_keys
        #: by key: how many were counted, and when it ends (seconds since 1970)
        self._counts: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        """Return how many counters are kept."""
        return len(self._counts)

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """See `Counters`."""
        at = now.timestamp()
        with self._mutex:
            found = {one.key: self._count(one, at) for one in wanted}
            waits = [found[one.key][1] - at for one in wanted if found[one.key][0] >= one.most]
            if waits:
                return max(waits)
            for key, (count, ends) in found.items():
                self._counts[key] = (count + 1, ends)
            if len(self._counts) > self._most_keys:
                self._make_room(at)
        return None

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """See `Counters`."""
        at = now.timestamp()
        with self._mutex:
            for one in reserved:
                count, ends = self._count(one, at)
                if count:
                    self._counts[one.key] = (count - 1, ends)

    def _count(self, one: Counter, at: float) -> tuple[int, float]:
        count, ends = self._counts.get(one.key, (0, 0.0))
        return (count, ends) if ends > at else (0, at + one.window_s)

    def _make_room(self, at: float) -> None:
        # A flood of made-up keys leaves counts of one; counters that are nearly full are kept.
        self._counts = {key: of for key, of in self._counts.items() if of[1] > at}
        many = len(self._counts) - self._most_keys * 9 // 10
        for key in heapq.nsmallest(many, self._counts, key=self._counts.__getitem__):
            del self._counts[key]
