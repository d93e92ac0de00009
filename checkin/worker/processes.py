"""Start processes that end with their parent, and tell how they ended."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.context import BaseContext

#: the exit codes by which a job's process says what it could not record itself: memory was refused
#: to it, or the database has gone
OUT_OF_MEMORY, DATABASE_AWAY = 77, 75
_PR_SET_PDEATHSIG = 1

#: Linux forks, which is quick and shares memory: the processes that do so have one thread each.
#: Elsewhere forking is not safe, or not there.
CONTEXT: BaseContext = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def die_with_parent(parent: int | None = None) -> None:
    """Let this process be killed when the one that has started it ends, even by kill -9.

    On Windows a process does not learn of that.

    Args:
        parent: the id of that process, where `multiprocessing` does not know it.
    """
    if sys.platform == "win32":
        return
    if parent is None:
        known = multiprocessing.parent_process()
        parent = known.pid if known and known.pid else os.getppid()
    if sys.platform == "linux":
        # It is the end of the thread that counts, so threads that start processes stay.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)  # it has ended already


def ran_out_of_memory(exit_code: int | None) -> bool:
    """Say whether a process ended for lack of memory.

    Libraries that are not written in Python abort when memory is refused to them.
    """
    return exit_code in (OUT_OF_MEMORY, -signal.SIGABRT)


def ran_out_of_time(exit_code: int | None) -> bool:
    """Say whether a process was ended because it has used the processor for too long."""
    return exit_code == -getattr(signal, "SIGXCPU", 0) != 0


def _exit_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
