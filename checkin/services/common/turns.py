"""Let few do at once what takes much memory and a processor, and few wait for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, Semaphore, get_native_id
from typing import TypeVar

from checkin.errors import Unavailable

T = TypeVar("T")
_LATER = "too many sign in at this moment: try again in a few seconds"


class Turns:
    """Whoever finds too many waiting, or has waited too long, is told to come again.

    The work is done in threads of its own: the C library keeps what a thread has freed for that
    thread, and a server has hundreds.

    Args:
        at_once: so many go on at once.
        waiting: so many more wait; each holds a thread that would answer a scan else.
        patience_s: nobody waits longer.
        niceness: how much the work gives way to everything else, on Linux: 0 (not) to 19.
    """

    def __init__(self, at_once: int, *, waiting: int, patience_s: float, niceness: int = 0) -> None:
        self._turns = Semaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)
        self._patience_s = patience_s
        self._threads = ThreadPoolExecutor(at_once, "turn", _give_way, (niceness,))

    def do(self, work: Callable[[], T], first: Callable[[], None] | None = None) -> T:
        """Wait for a turn, do the work and return its result.

        Args:
            first: is done in the turn before the work, in the thread of the caller.

        Raises:
            Unavailable: too many wait already, or it took too long; nothing was done.
        """
        with self._turn():
            if first is not None:
                first()
            return self._threads.submit(work).result()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(_LATER)
        try:
            if not self._turns.acquire(timeout=self._patience_s):
                raise Unavailable(_LATER)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


def _give_way(niceness: int) -> None:
    if niceness and sys.platform == "linux":  # elsewhere only whole processes have one
        os.setpriority(os.PRIO_PROCESS, get_native_id(), niceness)
