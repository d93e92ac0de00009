"""Run the organiser's commands as typed, in a home of their own."""

from __future__ import annotations

import io
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
    monkeypatch.chdir(tmp_path)
    for name in ("CHECKIN_DATABASE_URL", DOTENV_VARIABLE):  # `run` sets them for its own process
        monkeypatch.setenv(name, "")  # what was set first is gone after the test
        monkeypatch.delenv(name)
    monkeypatch.setenv("CHECKIN_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("CHECKIN_BASE_URL", BASE_URL)
    return tmp_path / "var"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def run_command(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["checkin", *map(str, arguments)])
        out, err = _Terminal(), _Terminal()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
        return Ran(int(end.value.code or 0), out.text(), err.text())

    return run_command


@pytest.fixture
def demo(run: Run) -> Run:
    """A home with the reference event and 60 invented participants."""
    assert run("init").code == 0
    assert run("demo", "--participants", 60).code == 0
    return run
