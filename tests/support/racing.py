"""Start work at the same instant, in threads or in processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from threading import Barrier
from typing import Any, TypeVar

T = TypeVar("T")
_TIMEOUT_S = 120
#: new processes that inherit no lock, thread or connection of ours, and start quickly
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "tests.support.factories",
        "tests.support.guards",
        "checkin.cli.main",
        "checkin.app",
        "granian.server.mp",
        "tests.support.servers.warm_server",
    ]
)


def be_ready() -> None:
    """Start the process that such processes come from, in the network where this thread is now."""
    forkserver.ensure_running()


def race(n: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` … `work(n - 1)` in n threads that start together; return what each returned."""
    barrier = Barrier(n)

    def run(at: int) -> T:
        barrier.wait(_TIMEOUT_S)
        return work(at)

    with ThreadPoolExecutor(n) as threads:
        return list(threads.map(run, range(n)))


def race_outcomes(n: int, work: Callable[[int], Any]) -> list[Any]:
    """As `race`, but a failure is returned as its exception."""

    def outcome(at: int) -> Any:
        try:
            return work(at)
        except Exception as fault:
            return fault

    return race(n, outcome)


def race_processes(n: int, work: Callable[..., Any], arguments: Sequence[Any]) -> list[Any]:
    """Run `work(at, *arguments)` in n new processes and return what each returned.

    `work` calls `wait_for_the_others` when it is ready.
    """
    barrier = PROCESSES.Barrier(n)
    with PROCESSES.Pool(n, initializer=_share, initargs=(barrier,)) as processes:
        calls = [(at, *arguments) for at in range(n)]
        return processes.starmap_async(work, calls, chunksize=1).get(_TIMEOUT_S)


def wait_for_the_others() -> None:
    """Wait until every process of the race is ready."""
    _shared[0].wait(_TIMEOUT_S)


_shared: list[Any] = []


def _share(barrier: Any) -> None:
    _shared.append(barrier)
