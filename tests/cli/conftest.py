"""Run the organiser's commands as typed, in a home of their own."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from checkin.cli.main import main
from checkin.settings import DOTENV_VARIABLE
from tests.support.factories import BASE_URL


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


class _Terminal(io.TextIOWrapper):
    """Standard output that is kept."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")

    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return _live_in(tmp_path, monkeypatch)


def _live_in(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    patch.chdir(folder)
    for name in ("CHECKIN_DATABASE_URL", DOTENV_VARIABLE):  # `run` sets them for its own process
        patch.setenv(name, "")  # what was set first is gone after the test
        patch.delenv(name)
    patch.setenv("CHECKIN_HOME", str(folder / "var"))
    patch.setenv("CHECKIN_BASE_URL", BASE_URL)
    return folder / "var"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return _typing(monkeypatch)


def _typing(patch: pytest.MonkeyPatch) -> Run:
    def run_command(*arguments: object) -> Ran:
        patch.setattr(sys, "argv", ["checkin", *map(str, arguments)])
        out, err = _Terminal(), _Terminal()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
        return Ran(int(end.value.code or 0), out.text(), err.text())

    return run_command


@pytest.fixture(scope="session")
def _home_of_the_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once what takes two seconds, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        home, run = _live_in(tmp_path_factory.mktemp("demo"), patch), _typing(patch)
        assert run("init").code == 0
        assert run("demo", "--participants", 60).code == 0
    return home


@pytest.fixture
def demo(run: Run, home: Path, _home_of_the_demo: Path) -> Run:
    """A home with the reference event and 60 invented participants."""
    shutil.copytree(_home_of_the_demo, home)
    return run
