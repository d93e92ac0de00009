"""A server does its work with the few system calls and no capability that its unit leaves it."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from functools import partial

import pytest
import requests

from tests.deploy.commands import DEPLOY
from tests.support.api_client import a_scan
from tests.support.servers.server_process import ROOT, Server

UNIT = DEPLOY / "marhaba.service"
SANDBOX = (sys.executable, "-m", "tests.support.unit_sandbox", str(UNIT))
#: ptrace(TRACEME), which anybody may call, and memory that is written and run
FORBIDDEN = {
    "a system call": "from ctypes import CDLL; sys.exit(CDLL(None).ptrace(0, 0, 0, 0))",
    "memory to write and run": "import mmap; mmap.mmap(-1, 4096, prot=7)",
}

if shutil.which("systemd-analyze") is None or not ctypes.util.find_library("seccomp"):
    pytest.skip("no systemd: script/setup --test", allow_module_level=True)


def sandboxed(arguments, environ, log):
    with log.open("ab") as printed:
        return subprocess.Popen(
            [*SANDBOX, sys.executable, "-m", "checkin", *arguments],
            cwd=ROOT,
            env=environ,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )


def test_a_server_with_the_unit_s_rights_is_ready_shows_pages_and_admits_a_badge(tmp_path):
    server = Server(tmp_path / "home", begin=sandboxed, CHECKIN_BASE_URL="http://m.example")
    server.load_demo(20)
    token, code = server.token_at("Porte 1"), server.codes()[0]["code"]
    server.start()
    try:
        ready = requests.get(f"{server.url}/readyz", timeout=20)
        page = requests.get(f"{server.url}/login", timeout=20)
        scan = requests.post(
            f"{server.url}/api/v1/scans",
            json=a_scan(code),
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )
    finally:
        server.stop()

    assert (ready.json(), page.status_code) == ({"status": "ok"}, 200)
    assert scan.json()["status"] == "ok"


def test_badges_are_drawn_with_the_unit_s_rights(tmp_path):
    server = Server(tmp_path / "home", CHECKIN_BASE_URL="http://m.example")
    server.load_demo(20)
    draws = [sys.executable, "-m", "checkin", "badges", "pdf", "--delegation", "Rabat"]

    done = subprocess.run(
        [*SANDBOX, *draws],
        cwd=ROOT,
        env={**os.environ, "CHECKIN_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "home" / "badges").glob("*.pdf"))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_control_what_the_unit_takes_away_is_refused(what):
    run = partial(subprocess.run, cwd=ROOT, capture_output=True, check=False)
    program = [sys.executable, "-c", f"import sys; {FORBIDDEN[what]}"]

    assert run(program).returncode == 0
    assert run([*SANDBOX, *program]).returncode != 0
