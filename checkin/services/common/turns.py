"""Limit how many expensive jobs run at once, and how many may wait for their turn."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import BoundedSemaphore, Semaphore, get_native_id
from typing import TypeVar
from weakref import WeakSet

from checkin.errors import Unavailable

T = TypeVar("T")

_ALL: WeakSet[Turns] = WeakSet()


def _begin_anew() -> None:
    for turns in _ALL:
        turns.begin_anew()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_begin_anew)


class Turns:
    """Turns to run expensive jobs: a caller is refused if too many wait, or after waiting too long.

    Jobs run in threads of their own: the C library keeps the memory that a thread has freed for
    that thread, and a server has hundreds of threads.

    Args:
        at_once: how many jobs may run at once.
        waiting: how many more may wait; each holds a thread that could answer a scan otherwise.
        patience_s: how long a caller waits at most.
        niceness: how much jobs give way to everything else, on Linux: 0 (not at all) to 19.
        refusal: what a caller is told who gets no turn.
    """

    def __init__(
        self,
        at_once: int,
        *,
        waiting: int,
        patience_s: float,
        niceness: int = 0,
        refusal: str = "too many sign in at this moment: try again in a few seconds",
    ) -> None:
        self._turns = Semaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)
        self._patience_s, self._refusal = patience_s, refusal
        self._new_threads = partial(
            ThreadPoolExecutor, at_once, "turn", _lower_priority, (niceness,)
        )
        self._threads = self._new_threads()
        _ALL.add(self)

    def begin_anew(self) -> None:
        """Have threads again in a process that was forked: it has none of its parent's."""
        self._threads = self._new_threads()

    def do(self, work: Callable[[], T], first: Callable[[], None] | None = None) -> T:
        """Wait for a turn, run `work` and return its result.

        Args:
            first: called in the turn before `work`, in the caller's thread.

        Raises:
            Unavailable: too many wait already, or the wait was too long; nothing was run.
        """
        with self._turn():
            if first is not None:
                first()
            return self._threads.submit(work).result()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(self._refusal)
        try:
            if not self._turns.acquire(timeout=self._patience_s):
                raise Unavailable(self._refusal)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


def _lower_priority(niceness: int) -> None:
    if niceness and sys.platform == "linux":  # elsewhere only whole processes have one
        # A process that was started with less priority may not ask for more.
        inherited = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, get_native_id(), max(niceness, inherited))
