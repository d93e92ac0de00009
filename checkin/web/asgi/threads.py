"""The thread pool that runs the WSGI application: as many threads as are needed, up to a limit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

_log = logging.getLogger(__name__)

Job = Callable[[], None]


class ThreadPool:
    """Runs jobs in threads, which are started when all others are busy, and then stay.

    The threads are daemons: a stream that is still open does not keep the process from ending.

    Args:
        most: the largest number of threads.
        waiting: how many jobs may wait for a thread.
    """

    def __init__(self, most: int, waiting: int) -> None:
        self._most = most
        self._longest = most + waiting
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._threads = 0
        self._open = 0

    def is_full(self) -> bool:
        """Return whether so many jobs wait that no new request should be taken."""
        return self._open >= self._longest

    def submit(self, job: Job) -> None:
        """Run `job` as soon as a thread is free."""
        with self._lock:
            self._open += 1
            one_more = self._open > self._threads and self._threads < self._most
            self._threads += one_more
        self._jobs.put(job)
        if one_more:
            threading.Thread(target=self._work, name="request", daemon=True).start()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except Exception:  # the next request still needs this thread
                _log.exception("a request's thread failed")
            del job  # what it holds must not wait for the next one
            with self._lock:
                self._open -= 1
