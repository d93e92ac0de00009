"""Fair locks among threads and among processes: whoever asked first is served first.

SQLite itself waits by sleeping and trying again, so under load an unlucky process waits for seconds
while others overtake it. Here threads wait in a queue, and processes take two file locks: a process
that waits for the lock holds the turnstile, so one that has just written cannot go first again.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO


class FairSemaphore:
    """A semaphore that threads acquire in the order in which they asked.

    Args:
        places: how many threads may hold it at once.
        patience_s: after waiting so long, a thread goes on without a place; None waits for ever.
    """

    def __init__(self, places: int = 1, patience_s: float | None = None) -> None:
        self._mutex = Lock()
        self._waiting: deque[Lock] = deque()
        self._free = places
        self._patience_s = -1 if patience_s is None else patience_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place, and hold it in the `with` block."""
        has_place = self._take_place()
        try:
            yield
        finally:
            if has_place:
                self._leave_place()

    def _take_place(self) -> bool:
        with self._mutex:
            if self._free:
                self._free -= 1
                return True
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        return called.acquire(timeout=self._patience_s) or not self._leave_queue(called)

    def _leave_queue(self, called: Lock) -> bool:
        with self._mutex:
            if called not in self._waiting:  # called at the last moment: the place is ours
                return False
            self._waiting.remove(called)
            return True

    def _leave_place(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


if sys.platform == "win32":

    class ProcessLock:
        """Windows has no flock: there SQLite's own waiting serves, for one server process."""

        def __init__(self, beside: Path) -> None:
            self._path = beside

        @contextmanager
        def held(self) -> Iterator[None]:
            """Hold nothing."""
            yield

        def close(self) -> None:
            """Close nothing."""

else:
    import fcntl

    class ProcessLock:
        """A lock among the processes that write one database file. Threads need a FairSemaphore."""

        def __init__(self, beside: Path) -> None:
            self._turnstile = _only_ours(beside.with_name(beside.name + ".turn"))
            self._lock_file = _only_ours(beside.with_name(beside.name + ".lock"))

        @contextmanager
        def held(self) -> Iterator[None]:
            """Wait for the other processes, then hold the lock."""
            fcntl.flock(self._turnstile, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            finally:
                fcntl.flock(self._turnstile, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)

        def close(self) -> None:
            """Close the lock's files, which also releases the lock."""
            self._turnstile.close()
            self._lock_file.close()

    def _only_ours(path: Path) -> BinaryIO:
        """Open a lock's file for its owner only: a reader could hold the lock and stop writes."""
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if os.fstat(number).st_uid == os.geteuid():  # files of earlier versions were for everybody
            os.fchmod(number, 0o600)
        return os.fdopen(number, "ab")
