"""The command that does jobs, and what the doctor says where none does them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from checkin.db.engine import Database
from checkin.services.jobs.workers import is_any_alive
from checkin.settings import Settings
from tests.cli.conftest import Run
from tests.support.servers.server_process import ROOT
from tests.support.waiting import wait_for

NONE_RUNS = "– worker: none runs, so jobs wait; it starts with `python -m checkin run`\n"


def is_known(home: Path) -> bool:
    database = Database(Settings(home=home).database)
    with database.read() as session:
        found = is_any_alive(session, datetime.now(UTC))
    database.dispose()
    return found


def test_the_command_works_until_it_is_told_to_end_and_the_doctor_knows(
    demo: Run, home: Path
) -> None:
    assert NONE_RUNS in demo("doctor").out
    command = [sys.executable, "-m", "checkin", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE) as worker:
        wait_for(lambda: is_known(home), "the worker")
        assert "worker: none" not in demo("doctor").out

        worker.send_signal(signal.SIGINT)
        printed, _ = worker.communicate(timeout=30)

    assert (worker.returncode, printed) == (0, b"the worker waits for jobs; stop with Ctrl-C\n")
    assert NONE_RUNS in demo("doctor").out


def test_a_worker_without_a_database_says_what_to_do(run: Run, home: Path) -> None:
    ran = run("worker")

    assert (ran.code, "init` first" in ran.err or "no master key" in ran.err) == (1, True)
