"""Fork servers and commands from a process that has imported everything: they start in a twentieth
of the time.

Each is a process of its own, from the same `main` as `python -m checkin`, so a test may have one to
itself, with a fresh database.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
import tempfile
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import get_native_id
from typing import NamedTuple

from tests.support.racing import PROCESSES

ROOT = Path(__file__).parents[3]
_CLONE_NEWNET = 0x40000000


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def by_fork(
    arguments: list[str],
    environ: dict[str, str],
    log: Path,
    errors: Path | None = None,
    *,
    network: str = "",
    folder: Path = ROOT,
) -> Forked:
    """Begin `checkin` with these arguments; the file gets what it prints.

    Args:
        errors: the file for what it prints to standard error, if another.
        network: the network namespace where it runs, if not that of the thread which begins it.
        folder: where it is started.
    """
    own = Path("/proc", str(os.getpid()), "task", str(get_native_id()), "ns", "net")
    space = Path("/run/netns", network) if network else own
    process = PROCESSES.Process(
        target=_checkin, args=(arguments, environ, log, errors or log, space, folder)
    )
    process.start()
    return Forked(process)


def run_by_fork(arguments: list[str], environ: dict[str, str], *, network: str = "") -> Ran:
    """Run `checkin` with these arguments to its end."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        # A large event is loaded, perhaps on a busy machine.
        code = by_fork(arguments, environ, out, err, network=network).wait(900)
        return Ran(code, out.read_text("utf-8"), err.read_text("utf-8"))


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


def _checkin(
    arguments: list[str],
    environ: dict[str, str],
    log: Path,
    errors: Path,
    space: Path,
    folder: Path,
) -> None:
    os.setsid()
    for file, stream in ((log, sys.stdout), (errors, sys.stderr)):
        with file.open("ab") as printed:
            os.dup2(printed.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    _enter(space)
    sys.argv = ["checkin", *arguments]
    # As from a shell: the server's worker is a fork, not a new interpreter.
    multiprocessing.set_start_method("fork", force=True)

    from checkin.cli.main import main

    main()


def _enter(space: Path) -> None:
    """Go on in another network namespace, unless this is it, or the system has none."""
    if not space.exists() or space.samefile("/proc/self/ns/net"):
        return
    with space.open("rb") as entered:
        if ctypes.CDLL(None, use_errno=True).setns(entered.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {space}")
