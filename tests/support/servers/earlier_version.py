"""The program as it was one version back, taken out of the history of this checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers.server_fork import ROOT
from tests.support.servers.server_process import Process, Server

#: the last state before epochs, signatures and reports of devices; to be the newest release's tag
COMMIT = "93d1f692a5b96ab50fc9e1a4334881dab7764d15"


def taken_out(folder: Path) -> Path:
    """Write that state's files into a folder; skip where the history is not there."""
    git = shutil.which("git")
    is_known = git and not _run(git, "cat-file", "-e", f"{COMMIT}^{{commit}}").returncode
    if not is_known:
        pytest.skip("the history of this checkout does not reach back to the earlier version")
    folder.mkdir()
    archive = folder / "files.tar"
    assert git
    _run(git, "archive", f"--output={archive}", COMMIT, "badges", "checkin", "scanner", "templates")
    shutil.unpack_archive(archive, folder, filter="data")
    archive.unlink()
    return folder


def _run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True)


class EarlierServer(Server):
    """A server of that version; `becomes_present` goes on with its home as an update does."""

    def __init__(self, program: Path, home: Path, **settings: str) -> None:
        self._program: Path | None = program
        super().__init__(home, begin=self._begun, **settings)

    def becomes_present(self) -> None:
        """Update: from now on the present program serves this home."""
        self._program = None
        self.command("init")

    def command(self, *arguments: object) -> str:
        """Do what `python -m checkin …` of this version does, and return what it printed."""
        if self._program is None:
            return super().command(*arguments)
        done = subprocess.run(
            [sys.executable, "-m", "checkin", *map(str, arguments)],
            cwd=self._program,  # `-m` takes the packages that lie there
            env=self._environ,
            check=False,
            capture_output=True,
            text=True,
        )
        assert not done.returncode, done.stderr
        return done.stdout

    def _begun(self, arguments: list[str], environ: dict[str, str], log: Path) -> Process:
        with log.open("ab") as printed:
            return subprocess.Popen(
                [sys.executable, "-m", "checkin", *arguments],
                cwd=self._program or ROOT,
                env=environ,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
