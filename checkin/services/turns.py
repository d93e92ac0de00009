"""Let few do at once what takes much memory, and few wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Semaphore

from checkin.errors import Unavailable


class Turns:
    """Whoever finds too many waiting, or has waited too long, is told to come again.

    Args:
        at_once: so many go on at once.
        waiting: so many more wait; each holds a thread that would answer a scan else.
        patience_s: nobody waits longer.
    """

    def __init__(self, at_once: int, *, waiting: int, patience_s: float) -> None:
        self._turns = Semaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)
        self._patience_s = patience_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            Unavailable: too many wait already, or it took too long.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable("too many sign in at this moment: try again in a few seconds")
        try:
            if not self._turns.acquire(timeout=self._patience_s):
                raise Unavailable("too many sign in at this moment: try again in a few seconds")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()
