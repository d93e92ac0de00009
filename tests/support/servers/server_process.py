"""A server and the commands of its users, each in a process of its own, with a home of its own."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import requests

from tests.support.servers.server_fork import ROOT, by_fork, run_by_fork

#: below the ports that systems give to outgoing connections; so many for each process of the suite
_FIRST_PORT, _PORTS_EACH = 12_000, 2_000
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")) % 10
_ports = itertools.cycle(range(_PORTS_EACH))


def free_port() -> int:
    """Return a free port that no other process of the test suite gets.

    A server takes its port some time after it was chosen, and two may listen on one port.
    """
    for number in itertools.islice(_ports, _PORTS_EACH):
        port = _FIRST_PORT + _worker * _PORTS_EACH + number
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")


class Process(Protocol):
    """A server that was begun, at the head of a process group of its own."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float) -> int: ...


#: begins `python -m checkin` with these arguments and this environment; it prints into the file
Begin = Callable[[list[str], dict[str, str], Path], Process]


def by_command(arguments: list[str], environ: dict[str, str], log: Path) -> Process:
    """Begin it as its users do."""
    with log.open("ab") as printed:
        return subprocess.Popen(
            [sys.executable, "-m", "checkin", *arguments],
            cwd=ROOT,
            env=environ,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )


class Server:
    """The commands and the server of one home; one that is started again keeps address and data.

    Args:
        home: where its files are.
        begin: how its process is begun: `by_command` as from a shell.
        worker: whether it does jobs as well, as it does for its users; few tests need that.
        settings: further `CHECKIN_*` variables.
    """

    def __init__(
        self, home: Path, *, begin: Begin = by_fork, worker: bool = False, **settings: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        ours = {name: value for name, value in os.environ.items() if name[:8] != "CHECKIN_"}
        # No test announces itself on the network that this machine happens to be in.
        quiet = {"CHECKIN_MDNS": "off"}
        self._environ = {**ours, "CHECKIN_HOME": str(home), **quiet, **settings}
        self._begin = begin
        self._of_run = [] if worker else ["--no-worker"]
        self._process: Process | None = None
        self._log = home.with_suffix(".log")

    def command(self, *arguments: object) -> str:
        """Do what `python -m checkin …` does and return what it printed."""
        done = run_by_fork([*map(str, arguments)], self._environ)
        assert done.code == 0, done.err
        return done.out

    def load_demo(self, participants: int) -> str:
        """Set up the reference event and return the first administrator's password."""
        told = self.command("init")
        self.command("demo", "--participants", participants)
        return told.rpartition(": ")[2].strip()

    def start(self, *options: str) -> None:
        """Start serving and wait until it answers."""
        arguments = ["run", "--port", str(self.port), *self._of_run, *options]
        self._process = self._begin(arguments, self._environ, self._log)
        self._wait()

    @property
    def pid(self) -> int:
        """The first of its processes, which starts the others."""
        assert self._process is not None
        return self._process.pid

    def _wait(self) -> None:
        # The first waits until the process that it is forked from has imported everything.
        until = time.monotonic() + 120
        while time.monotonic() < until:
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text()
            try:
                if requests.get(f"{self.url}/healthz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise TimeoutError(self._log.read_text())

    def stop(self) -> float:
        """Press Ctrl-C and return the seconds until everything has ended."""
        return self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill every process of the server, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> float:
        if self._process is None:
            return 0.0
        started = time.monotonic()
        with contextlib.suppress(ProcessLookupError):  # a test has killed it
            os.killpg(self._process.pid, how)
        self._process.wait(20)
        while group_lives(self._process.pid):
            time.sleep(0.01)
        self._process = None
        return time.monotonic() - started

    def token_at(self, gate: str) -> str:
        """Enrol a device at a gate and return its token."""
        token: str = json.loads(self.command("device", "add", "--gate", gate, "--json"))[
            "device_token"
        ]
        return token

    def codes(self, status: str = "confirmed") -> list[dict[str, str]]:
        """Return the lines of `badges codes` with this status."""
        lines = csv.DictReader(io.StringIO(self.command("badges", "codes", "--csv", "-")))
        return [line for line in lines if line["status"] == status]

    def status(self, token: str) -> dict[str, Any]:
        """Return the live counts as a device reads them."""
        reply = requests.get(
            f"{self.url}/api/v1/status", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        reply.raise_for_status()
        body: dict[str, Any] = reply.json()
        return body


def group_lives(group: int) -> bool:
    """Say whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
