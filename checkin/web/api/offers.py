"""Spread what all gates offer again at once after a restore, so that live scans never wait."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from checkin.errors import ComeLater

#: batches that a process takes at once
AT_ONCE = 1
#: seconds, between which those who come meanwhile are told to come again
LATER_S = (3, 15)


class Offers:
    """Turns for batches that a device offers again."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn for the block.

        Raises:
            ComeLater: another gate has it.
        """
        if not self._turns.acquire(blocking=False):
            wait_s = random.randint(*LATER_S)  # noqa: S311 - no secret: it spreads
            raise ComeLater("other gates offer their scans again: come later", wait_s=wait_s)
        try:
            yield
        finally:
            self._turns.release()
