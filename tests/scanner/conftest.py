import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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


def wait_until(happened, what, timeout_s=15):
    """Return what `happened` returns once it is true."""
    until = time.monotonic() + timeout_s
    while not (result := happened()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)
    return result
