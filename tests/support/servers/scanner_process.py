"""A gate's laptop: a scanner process before a camera of the test's, which may be killed and started
again on the same disk."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from badges.qr import qr_image
from tests.support.others.network_camera import NetworkCamera
from tests.support.servers.server_fork import ROOT
from tests.support.waiting import wait_for

_FRAME = (480, 640)
NOTHING = np.full((*_FRAME, 3), 90, np.uint8)


def before_camera(code: str) -> np.ndarray:
    """A badge's code alone, which is drawn quickly."""
    symbol = np.asarray(qr_image(code, module_px=8).convert("L"))
    frame = NOTHING.copy()
    height, width = symbol.shape
    frame[100 : 100 + height, 150 : 150 + width] = symbol[:, :, None]
    return frame


class Laptop:
    """A scanner process and its disk; a person holds a badge up until the screen says something.

    Attributes:
        camera: what it looks at.
        verdicts: what it showed in all of its runs, the JSON of each line.
        said: its remarks to the volunteer.
        folder: of its spool.
    """

    def __init__(
        self,
        camera: NetworkCamera,
        server: str,
        folder: Path,
        *identity: str,
        environ: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
        program: Path = ROOT,
    ) -> None:
        """Prepare it; nothing runs yet.

        Args:
            server: its address; "" where a pairing QR tells it.
            identity: by which it signs in, as options of the command.
            environ: further variables of its environment.
            within: the command that runs another one, such as in another network.
            program: the folder whose scanner it is.
        """
        self.camera, self.folder, self._program = camera, folder, program
        source = ("--source", camera.url, "--headless", "--language", "fr")
        self._command = [
            *(*within, sys.executable, "-m", "scanner", *(["--server", server] if server else [])),
            *(*identity, *source, "--spool", str(folder)),
        ]
        home = {"HOME": str(folder.parent), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
        self._environ = home | dict(environ or {})
        self.verdicts: list[dict[str, Any]] = []
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []

    def start(self, *more: str) -> None:
        """Start the scanner on what its disk holds."""
        self._process = subprocess.Popen(
            [*self._command, *more],
            cwd=self._program,  # `-m` takes the packages that lie there
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = self._process.stdout, self._process.stderr
        assert out
        assert err
        works = ((self._hear, out), (self.said.extend, err))
        self._readers = [threading.Thread(target=work, args=(of,)) for work, of in works]
        for reader in self._readers:
            reader.start()

    def _hear(self, lines: Any) -> None:
        for line in lines:
            if line.endswith("\n"):  # a kill may cut one off
                self.verdicts.append(json.loads(line))

    def kill(self) -> None:
        """Take the power away."""
        self._end(signal.SIGKILL)

    def quit(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        return self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(how)
        for reader in self._readers:
            reader.join(60)
        code = process.wait(60)
        for stream in (process.stdout, process.stderr):
            assert stream
            stream.close()
        return code

    def wait(self, timeout_s: float = 60) -> int:
        """Wait until it has ended by itself, and return the exit code."""
        assert self._process
        self._process.wait(timeout_s)
        return self._end(signal.SIGINT)

    def is_running(self) -> bool:
        """Say whether it has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def freeze(self, seconds: float) -> None:
        """Stop the process for a while, as a closed lid does."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def hold_up(self, code: str) -> None:
        """Hold a badge before the camera."""
        self.camera.show(before_camera(code))

    def put_away(self) -> None:
        """Hold nothing before the camera."""
        self.camera.show(NOTHING)

    def of(self, code: str) -> list[dict[str, Any]]:
        """Return what it has shown for a badge so far."""
        return [one for one in self.verdicts if one["code"] == code]

    def show(self, code: str, timeout_s: float = 120) -> dict[str, Any]:
        """Hold a badge up until it has another verdict, and return that."""
        before = len(self.of(code))
        self.hold_up(code)
        wait_for(lambda: len(self.of(code)) > before, f"the verdict: {self.said}", timeout_s)
        self.put_away()
        return self.of(code)[-1]

    def show_until_online(self, codes: Iterator[str]) -> dict[str, Any]:
        """Show one badge after the other until the server has answered for one; return its verdict.

        A busy machine may take longer for an answer than a gate waits.
        """
        for code in codes:
            if not (verdict := self.show(code))["offline"]:
                return verdict
        raise AssertionError(f"no badge is left: {self.said}")

    def accepted(self) -> set[str]:
        """Return the codes of the badges for which it has shown that somebody may pass."""
        return {one["code"] for one in self.verdicts if one["status"] == "ok"}

    def is_told(self, words: str) -> bool:
        """Say whether a remark to the volunteer has these words."""
        return any(words in line for line in self.said)

    def waiting(self, table: str = "waiting") -> int:
        """Count what lies in a table of its spool."""
        file = self.folder / "spool.sqlite"
        if not file.exists():
            return 0
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as spool:
            ((count,),) = spool.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(count)

    def holds_list(self) -> bool:
        """Say whether it has the gate list, and can decide without the server."""
        return (self.folder / "gate-list.sqlite").exists() and bool(self._entries())

    def _entries(self) -> int:
        with closing(
            sqlite3.connect(f"file:{self.folder / 'gate-list.sqlite'}?mode=ro", uri=True)
        ) as held:
            try:
                ((count,),) = held.execute("SELECT count(*) FROM entries").fetchall()
            except sqlite3.Error:  # not made yet
                return 0
        return int(count)
