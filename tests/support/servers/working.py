"""A worker in a process of its own, as `python -m checkin worker` is one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from checkin.settings import Settings
from checkin.worker.context import Kind
from checkin.worker.kinds import KINDS
from checkin.worker.process import Worker
from tests.support.racing import PROCESSES
from tests.support.waiting import wait_for


@contextmanager
def working(
    settings: Settings, name: str = "", kinds: Mapping[str, Kind] = KINDS
) -> Iterator[ForkServerProcess]:
    """Run a worker in the `with` block, at whose end it and its jobs are killed."""
    process = PROCESSES.Process(target=_work, args=(settings, name, kinds))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _work(settings: Settings, name: str, kinds: Mapping[str, Kind]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Worker(settings, name, kinds).run()


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def end_of(pid: int) -> None:
    """Wait until a process has ended."""
    wait_for(lambda: not is_alive(pid), f"the end of process {pid}")


def stop(process: ForkServerProcess) -> int | None:
    """Tell a worker to end, wait for that, and return its exit code."""
    os.kill(process.pid or 0, signal.SIGTERM)
    process.join(30)
    return process.exitcode
