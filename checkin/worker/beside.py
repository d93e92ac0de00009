"""Work that is done beside the jobs, in a process of its own, once in a while."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.process import BaseProcess

from checkin.settings import Settings
from checkin.worker.context import Tools, opened_tools
from checkin.worker.processes import CONTEXT, die_with_parent


class Beside:
    """At most one process that does some work while the worker goes on."""

    def __init__(self, name: str, work: Callable[[Settings, datetime], None]) -> None:
        """Begin without a process.

        Args:
            work: done in the process, given the settings and the moment.
        """
        self._name, self._work = name, work
        self._process: BaseProcess | None = None

    @property
    def is_busy(self) -> bool:
        """Say whether the work is being done."""
        return self._process is not None and self._process.is_alive()

    @property
    def has_failed(self) -> bool:
        """Say whether the work that was done last has failed."""
        return self._process is not None and bool(self._process.exitcode)

    def start(self, tools: Tools, now: datetime) -> None:
        """Start to do the work."""
        tools.database.disconnect()
        self._process = CONTEXT.Process(  # type: ignore[attr-defined]
            target=self._work, args=(tools.settings, now), name=self._name
        )
        self._process.start()

    def end(self) -> None:
        """End the work, wherever it is."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def tools_beside(settings: Settings, niceness: int) -> Iterator[Tools]:
    """Open what the work needs, in a process that ends with the worker and gives way to others."""
    die_with_parent()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(niceness)
    with opened_tools(settings) as tools:
        yield tools
