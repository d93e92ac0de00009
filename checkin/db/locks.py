"""One writer at a time on SQLite, in the order of asking.

SQLite's own waiting sleeps and tries again, so under load an unlucky process waits for seconds
while others pass it. Here threads queue in a line, and processes pass a turnstile: whoever
waits for the database holds the turnstile, so the one who has just written cannot go first again.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class FairLock:
    """A lock that serves threads in the order in which they asked."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._waiting: deque[Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


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
        """A lock among the processes that write one database file. Threads need a FairLock."""

        def __init__(self, beside: Path) -> None:
            self._turnstile = beside.with_name(beside.name + ".turn").open("ab")
            self._door = beside.with_name(beside.name + ".lock").open("ab")

        @contextmanager
        def held(self) -> Iterator[None]:
            """Wait for the other processes, then hold the lock."""
            fcntl.flock(self._turnstile, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._door, fcntl.LOCK_EX)
            finally:
                fcntl.flock(self._turnstile, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(self._door, fcntl.LOCK_UN)

        def close(self) -> None:
            """Close the lock's files; whoever waits for them waits no longer for us."""
            self._turnstile.close()
            self._door.close()
