"""The serving process is started, watched and replaced by another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.support.server_fork import by_fork
from tests.support.server_process import ROOT, Server, free_port
from tests.support.waiting import wait_for

_RESTARTED_BESIDE = """
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from checkin.cli.serving import serve
from tests.support.waiting import wait_for

@contextmanager
def beside(restart):
    def wait():
        wait_for(Path(sys.argv[2]).exists, timeout_s=600)
        restart()

    Thread(target=wait, daemon=True).start()
    yield

serve("tests.web.asgi.echo:served", "127.0.0.1", int(sys.argv[1]), beside=beside)
"""


def serving(parent: int) -> list[int]:
    """Return the processes that a server's first process has started."""
    children = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for listed in children for pid in listed.read_text().split()]


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "var", begin=by_fork)
    server.command("init")
    server.start()
    yield server
    server.kill()


def test_a_serving_process_that_dies_is_replaced_and_ctrl_c_still_ends_all(server):
    (killed,) = serving(server.pid)
    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: answers(f"{server.url}/healthz"), "the new process")

    assert killed not in serving(server.pid)
    server.stop()


def test_a_restart_replaces_the_serving_process(tmp_path):
    port, word = free_port(), tmp_path / "restart"
    command = [sys.executable, "-c", _RESTARTED_BESIDE, str(port), str(word)]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}"), "the server")
        (old,) = serving(process.pid)
        word.touch()
        wait_for(lambda: old not in serving(process.pid), "the old process to end")
        assert answers(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)
