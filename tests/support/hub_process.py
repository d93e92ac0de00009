"""A hub of a server, as a process of its own with a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import requests
from sqlalchemy import select

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.services.hubs.pairing import open_hub_pairing
from tests.support.server_fork import ROOT
from tests.support.server_process import Server, free_port
from tests.support.tcp_proxy import Wire

_PASSPHRASE = "five words for a hall"
_STARTS_WITHIN_S = 120


class HubProcess:
    """A hub that talks to its central server over a line that can be cut.

    Attributes:
        line: between the hub and the central server.
        log: what it has printed.
    """

    def __init__(self, central: Server, central_home: Path, folder: Path, name: str) -> None:
        self.line = Wire(central.port)
        self.home, self.port = folder / "hub", free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.log = folder / "hub.log"
        passphrase = folder / "passphrase.txt"
        passphrase.write_text(_PASSPHRASE)
        self._options = ["--host", "127.0.0.1", "--port", str(self.port)]
        self._options += ["--passphrase-file", str(passphrase)]
        self._first = ["--upstream", self.line.url, "--pair", _code(central_home, name)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        ours = {name: value for name, value in os.environ.items() if name[:8] != "CHECKIN_"}
        with self.log.open("ab") as printed:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "checkin", "hub", *self._first, *self._options],
                cwd=ROOT,
                env=ours | {"CHECKIN_HOME": str(self.home), "CHECKIN_MDNS": "off"},
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        self._first = []
        until = time.monotonic() + _STARTS_WITHIN_S
        while time.monotonic() < until:
            assert self._process.poll() is None, self.log.read_text()
            authority = self.home / "tls" / "authority.crt"
            with suppress(requests.RequestException, OSError):  # no such file is an OSError
                if requests.get(f"{self.url}/healthz", timeout=1, verify=str(authority)).ok:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        """Kill every process of it, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Press Ctrl-C."""
        self._end(signal.SIGINT)

    def close(self) -> None:
        """End it and its line."""
        self.kill()
        self.line.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(self._process.pid, how)
            else:
                self._process.send_signal(how)
        self._process.wait(30)
        self._process = None


def _code(home: Path, name: str) -> str:
    """Make a pairing code for a hub, as the page *Hubs* does."""
    (file,) = home.glob("*.db")
    with closing(_Opened(file)) as opened:
        return opened.code(name)


class _Opened:
    def __init__(self, file: Path) -> None:
        self._database = Database(f"sqlite:///{file}")

    def code(self, name: str) -> str:
        return in_transaction(
            self._database,
            lambda session: open_hub_pairing(
                session, session.scalars(select(Event)).one(), name, now=datetime.now(UTC)
            ),
        )

    def close(self) -> None:
        self._database.dispose()
