"""A command that goes on until it is stopped or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.servers.server_process import group_lives


class Running:
    """A command at the head of a process group of its own, with what all of the group print.

    Args:
        log: a file to which it is added.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environ: Mapping[str, str], log: Path
    ) -> None:
        self.log = log
        with log.open("ab") as printed:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environ,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )

    def check(self) -> None:
        """Fail with what it printed if it has ended by itself."""
        assert self._process.poll() is None, self.log.read_text("utf-8")

    def stop(self) -> None:
        """Press Ctrl-C, and wait until every process of the group has ended."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill every process of the group at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if group_lives(self._process.pid):
            os.killpg(self._process.pid, how)
        self._process.wait(20)
        while group_lives(self._process.pid):
            time.sleep(0.01)
