"""Work that an answer does not wait for, so that its length tells the asker nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_log = logging.getLogger(__name__)
#: more than this is a flood: what comes then is left undone
_MOST = 200


class BackgroundTasks:
    """Does one errand after the other in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="background_tasks")
        self._open: set[Future[None]] = set()

    def do(self, work: Callable[[], object]) -> None:
        """Do some work soon; whatever goes wrong is only logged."""
        if len(self._open) >= _MOST:
            _log.warning("an errand was left undone: %s wait already", _MOST)
            return
        future = self._thread.submit(_done, work)
        self._open.add(future)
        future.add_done_callback(self._open.discard)

    def wait(self) -> None:
        """Wait until what was asked so far is done."""
        self._thread.submit(lambda: None).result()


def _done(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # nobody waits for it: the log is the only place to tell
        _log.exception("an errand failed")
