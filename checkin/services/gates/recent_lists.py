"""Lists that many devices ask for in the same seconds, and that are the same for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

#: so old an answer may be
KEPT_FOR_S = 5.0
#: a longer one is made anew: it would hold the memory
_LONGEST_BYTES = 4 * 2**20
_MOST = 8


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A list as it is sent.

    Attributes:
        is_all: a device that has it has the newest list; else it has segments to fetch.
    """

    body: bytes
    is_all: bool


class RecentLists:
    """The last few answers by what was asked, and by the state of the list."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, ListAnswer]] = {}
        self._mutex = Lock()

    def answer(self, asked: Hashable, make: Callable[[], ListAnswer]) -> ListAnswer:
        """Return an answer that was made a moment ago, or make it."""
        with self._mutex:
            kept = self._kept.get(asked)
        if kept and time.monotonic() < kept[0]:
            return kept[1]
        made = make()
        if len(made.body) <= _LONGEST_BYTES:
            self._keep(asked, made)
        return made

    def _keep(self, asked: Hashable, answer: ListAnswer) -> None:
        now = time.monotonic()
        with self._mutex:
            fresh = [(key, one) for key, one in self._kept.items() if one[0] > now]
            self._kept = dict(fresh[1 - _MOST :])
            self._kept[asked] = now + KEPT_FOR_S, answer
