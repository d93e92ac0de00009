import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of the test's own, where this process keeps pairings and spools."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def scanner_env(tmp_path):
    """The environment of a scanner whose settings and spool live in the test's own folder."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return environment | {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }


@pytest.fixture
def run_scanner(scanner_env):
    """Run `python -m scanner` to its end."""

    def run(*arguments, **more):
        return subprocess.run(
            [sys.executable, "-m", "scanner", *map(str, arguments)],
            cwd=ROOT,
            check=False,
            env=scanner_env,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            **more,
        )

    return run
