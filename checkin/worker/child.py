"""The process of one job: it yields to the gates, and has a limit to its memory."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Mapping

from sqlalchemy.exc import InterfaceError, OperationalError

from checkin.services.jobs.queue import Claimed
from checkin.settings import Settings
from checkin.worker.context import Kind, opened_tools
from checkin.worker.perform import perform
from checkin.worker.processes import DATABASE_AWAY, OUT_OF_MEMORY, die_with_parent

_log = logging.getLogger(__name__)


class _Told:
    """Whether this process was told to end, by SIGTERM."""

    def __init__(self) -> None:
        self._to_end = False
        signal.signal(signal.SIGTERM, self._end)
        # Ctrl-C reaches every process of a terminal: the worker hears it, and tells this one.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _end(self, *_signal: object) -> None:
        self._to_end = True

    def __call__(self) -> bool:
        return self._to_end


def do_job(claimed: Claimed, kinds: Mapping[str, Kind], settings: Settings) -> None:
    """Do one job in this process, which ends with it."""
    die_with_parent()
    told = _Told()
    kind = kinds[claimed.kind]
    memory_mb = min(settings.worker_memory_mb, kind.memory_mb or settings.worker_memory_mb)
    yield_to_gates(kind.niceness, memory_mb, kind.cpu_s)
    try:
        with opened_tools(settings) as tools:
            perform(claimed, kinds, tools, told)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (OperationalError, InterfaceError) as fault:
        _log.warning("job %s cannot go on: %s", claimed.id, fault.orig)
        os._exit(DATABASE_AWAY)


def yield_to_gates(niceness: int, memory_mb: int, cpu_s: int) -> None:
    """Let every other process go first, and take no more memory and processor time than this.

    Only Linux limits the memory that a process really asks for, and Windows knows neither.
    """
    if sys.platform == "win32":
        return
    import resource

    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, memory_mb * 2**20))
    if cpu_s:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
