"""The serving process is started, watched and replaced by another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import ROOT, Server, free_port
from tests.support.servers.working import end_of, is_alive
from tests.support.waiting import wait_for

_RESTARTED_BESIDE = """
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from checkin.cli.running.serving import serve
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

_FORKED_WHILE_A_WORKER_STARTS = """
import os, subprocess, threading
from checkin.cli.running.worker import worker_beside

begun, over, start = threading.Event(), threading.Event(), subprocess.Popen

def slowly(*_arguments, **_options):
    begun.set()
    over.wait(60)
    return start(["sleep", "60"])

subprocess.Popen = slowly
with worker_beside():
    begun.wait(60)
    threading.Timer(1, over.set).start()
    if os.fork() == 0:
        os._exit(0)
    print(over.is_set())
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


@pytest.fixture
def server_with_worker(tmp_path):
    server = Server(tmp_path / "var", begin=by_fork, worker=True)
    server.command("init")
    server.start()
    yield server
    server.kill()


def both(server) -> tuple[int, int] | None:
    """The process that serves and the worker, once there are both."""
    found = {is_worker(pid): pid for pid in serving(server.pid) if is_alive(pid)}
    return (found[False], found[True]) if len(found) == 2 else None


def is_worker(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"checkin\0worker\0")


def test_a_serving_process_that_dies_is_replaced_and_ctrl_c_still_ends_all(server):
    (killed,) = serving(server.pid)
    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: answers(f"{server.url}/healthz"), "the new process")

    assert killed not in serving(server.pid)
    server.stop()


def test_a_serving_process_that_dies_again_and_again_is_replaced_each_time(server):
    """Granian gives up at the second death within seconds; the gates must not notice that."""
    for _ in range(3):
        (killed,) = wait_for(lambda: serving(server.pid), "a serving process")
        os.kill(killed, signal.SIGKILL)
        end_of(killed)
        wait_for(lambda: answers(f"{server.url}/healthz"), "its answer")

    server.stop()


def test_when_run_is_killed_everything_that_it_has_started_ends(server_with_worker):
    below = wait_for(lambda: both(server_with_worker), "the server and the worker")

    os.kill(server_with_worker.pid, signal.SIGKILL)

    for pid in below:
        end_of(pid)


def test_a_worker_that_dies_is_started_again_and_the_server_goes_on(server_with_worker):
    web, worker = wait_for(lambda: both(server_with_worker), "the server and the worker")
    os.kill(worker, signal.SIGKILL)

    end_of(worker)
    again = wait_for(lambda: both(server_with_worker), "the next worker")

    assert (again[0], again[1] != worker) == (web, True)
    assert answers(f"{server_with_worker.url}/healthz")


def test_no_serving_process_is_forked_while_the_worker_is_being_started():
    """It would keep a pipe open, and the death of that worker would never be noticed."""
    command = [sys.executable, "-W", "ignore", "-c", _FORKED_WHILE_A_WORKER_STARTS]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert ran.stdout == "True\n"


def test_ctrl_c_ends_server_and_worker(server_with_worker):
    below = wait_for(lambda: both(server_with_worker), "the server and the worker")

    server_with_worker.stop()

    assert [is_alive(pid) for pid in below] == [False, False]


def test_without_its_worker_run_starts_the_server_alone(server):
    assert len(serving(server.pid)) == 1


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
