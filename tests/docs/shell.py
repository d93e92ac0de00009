"""A shell in a separate folder, in which the commands of a page are run."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.modes.mode import opened_by_anybody
from tests.support.racing import PROCESSES
from tests.support.servers.server_fork import Forked
from tests.support.servers.server_process import ROOT, free_port, group_lives
from tests.support.waiting import wait_for

#: what the words before our programs are, by the module that they start
_PROGRAMS = {
    ("python", "-m", "checkin"): "checkin",
    (".venv/bin/python", "-m", "checkin"): "checkin",
    ("marhaba",): "checkin",
    ("python", "-m", "scanner"): "scanner",
    (".venv/bin/python", "-m", "scanner"): "scanner",
    ("marhaba-scanner",): "scanner",
}
_OPERATORS = set("&|;<>()$`")
#: programs that the machine of a test need not have, as a person's has them
_STAND_INS = {
    "lp": "exec cat >printed-badge.pdf",
    "python": f'exec {sys.executable} "$@"',
    "marhaba": f'exec {sys.executable} -m checkin "$@"',
    "marhaba-scanner": f'exec {sys.executable} -m scanner "$@"',
}


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    printed: str


class Shell:
    """Types commands, one after the other, as a person at one machine does.

    Programs of ours run from a process that has everything imported: the same `main`, in a process
    of its own, without the second that each needs to be loaded.
    """

    def __init__(self, folder: Path, home: Path | None = None, **settings: str) -> None:
        """Open it in an empty folder; `home` is copied there as `var`.

        Args:
            settings: `CHECKIN_*` variables.
        """
        self.folder, self.port = folder, free_port()
        self._environ = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self._environ["PATH"] = f"{self._stand_ins()}:/usr/local/bin:/usr/bin:/bin"
        (folder / ".venv").symlink_to(sys.prefix)
        if home:
            shutil.copytree(home, folder / "var")
        self._served: list[tuple[Forked, Path]] = []
        self._number = 0

    def type(self, command: str) -> Ended:
        """Run a command to its end."""
        if exported := re.fullmatch(r"(?:export )?(\w+)=(\S*)", command):
            self._environ[exported[1]] = " ".join(shlex.split(exported[2]))
            return Ended(0, "")
        called = _called(command)
        if called is None:
            return self._by_sh(command)
        process, log = self._fork(*called)
        return Ended(process.wait(120), log.read_text("utf-8"))

    def begin(self, command: str) -> Path:
        """Begin a command that goes on, and return the file into which it prints."""
        called = _called(command)
        assert called, f"only a program of ours goes on: {command}"
        process, log = self._fork(*called)
        self._served.append((process, log))
        return log

    def serve(self, command: str) -> None:
        """Begin `run`, and wait until it answers."""
        log = self.begin(command)
        address = f"{'https' if '--tls' in command else 'http'}://localhost:{self.port}/healthz"

        def answers() -> bool:
            assert self._served[-1][0].poll() is None, log.read_text("utf-8")
            try:
                with opened_by_anybody(address):
                    return True
            except (URLError, ConnectionError, TimeoutError):
                return False

        wait_for(answers, address)

    @property
    def is_serving(self) -> bool:
        """Say whether something that was begun goes on."""
        return bool(self._served)

    def end_what_goes_on(self) -> list[Ended]:
        """Press Ctrl-C in every terminal, and return how the commands ended."""
        ended = []
        while self._served:
            process, log = self._served.pop()
            os.killpg(process.pid, signal.SIGINT)
            code = process.wait(20)
            while group_lives(process.pid):
                time.sleep(0.01)
            ended.append(Ended(code, log.read_text("utf-8")))
        return ended

    def pairing(self) -> str:
        """Return a new pairing code of the demo's first gate."""
        told = self.type('marhaba device pair --gate "Porte 1" --event rabat-2025 --json')
        code: str = json.loads(told.printed.splitlines()[-1])["pairing_code"]
        return code

    def _fork(self, module: str, arguments: Sequence[str]) -> tuple[Forked, Path]:
        self._number += 1
        log = self.folder / f"printed-{self._number}"
        process = PROCESSES.Process(
            target=_run, args=(module, list(arguments), self._environ, self.folder, log)
        )
        process.start()
        return Forked(process), log

    def _by_sh(self, command: str) -> Ended:
        done = subprocess.run(
            ["/bin/sh", "-ec", command],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout)

    def _stand_ins(self) -> Path:
        programs = self.folder / "programs"
        programs.mkdir()
        for name, line in _STAND_INS.items():
            (programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (programs / name).chmod(0o755)
        return programs


def _called(command: str) -> tuple[str, list[str]] | None:
    """Return the module of ours that a command starts, and its arguments; None: it is for sh."""
    unquoted = re.sub(r"'[^']*'|\"[^\"$`]*\"", "", command)
    words = shlex.split(command)
    for begin, module in _PROGRAMS.items():
        if tuple(words[: len(begin)]) == begin and not _OPERATORS & set(unquoted):
            return module, words[len(begin) :]
    return None


def _run(
    module: str, arguments: list[str], environ: dict[str, str], folder: Path, log: Path
) -> None:
    os.setsid()
    with log.open("ab") as printed:
        os.dup2(printed.fileno(), sys.stdout.fileno())
        os.dup2(printed.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    # As from a shell: the server's worker is a fork, not a new interpreter.
    multiprocessing.set_start_method("fork", force=True)
    if module == "checkin":
        from checkin.cli.main import main

        main()
    else:
        from scanner.__main__ import main as scan

        sys.exit(scan())
