"""Fork servers from a process that has imported everything: they start eight times faster.

Each is a process of its own, from the same `main` as `python -m checkin`, so a test may have one to
itself, with a fresh database.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.support.racing import PROCESSES
from tests.support.server_process import ROOT


def by_fork(arguments: list[str], environ: dict[str, str], log: Path) -> Forked:
    """Begin `checkin` with these arguments; the file gets what it prints."""
    process = PROCESSES.Process(target=_checkin, args=(arguments, environ, log))
    process.start()
    return Forked(process)


class Forked:
    """A forked process with the methods of `Popen`."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.pid = process.pid or 0

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Wait for its end."""
        self._process.join(timeout)
        ended = self._process.exitcode
        if ended is None:
            raise TimeoutError(f"process {self.pid} did not end")
        return ended


def _checkin(arguments: list[str], environ: dict[str, str], log: Path) -> None:
    os.setsid()
    with log.open("ab") as printed:
        os.dup2(printed.fileno(), sys.stdout.fileno())
        os.dup2(printed.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.argv = ["checkin", *arguments]
    # As from a shell: the server's worker is a fork, not a new interpreter.
    multiprocessing.set_start_method("fork", force=True)

    from checkin.cli.main import main

    main()
