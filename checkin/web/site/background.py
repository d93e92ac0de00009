"""Run work after the response, so that the response time does not reveal how long the work took."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_log = logging.getLogger(__name__)
#: more than this is a flood: what comes then is left undone
_MOST = 200


class BackgroundTasks:
    """Runs one task after the other in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="background_tasks")
        self._open: set[Future[None]] = set()

    def do(self, work: Callable[[], object]) -> None:
        """Run some work soon; a failure is only logged."""
        if len(self._open) >= _MOST:
            _log.warning("an errand was left undone: %s wait already", _MOST)
            return
        future = self._thread.submit(_done, work)
        self._open.add(future)
        future.add_done_callback(self._open.discard)

    def wait(self) -> None:
        """Wait until all tasks submitted so far are done."""
        self._thread.submit(lambda: None).result()


def _done(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # nobody waits for it: the log is the only place to tell
        _log.exception("an errand failed")
