"""A hub of a server, as a process of its own with a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import requests
from sqlalchemy import select

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.services.hubs.pairing import open_hub_pairing
from tests.support.others.tcp_proxy import Wire
from tests.support.servers.server_fork import ROOT
from tests.support.servers.server_process import Server, free_port

_PASSPHRASE = "five words for a hall"
_STARTS_WITHIN_S = 120


class HubProcess:
    """A hub as its users start it.

    Args:
        first: the options of its first start.
        host: the address at which it answers.
        within: the command that runs another one on its machine, if it has a machine of its own.

    Attributes:
        log: what it has printed.
    """

    def __init__(
        self,
        folder: Path,
        first: Sequence[str],
        *,
        host: str = "127.0.0.1",
        within: Callable[..., list[str]] = lambda *command: [*command],
    ) -> None:
        self.home, self.port = folder / "hub", free_port()
        self.url = f"https://{host}:{self.port}"
        self.log = folder / "hub.log"
        passphrase = folder / "passphrase.txt"
        passphrase.write_text(_PASSPHRASE)
        heard_at = host if host == "127.0.0.1" else "0.0.0.0"
        self._options = ["--host", heard_at, "--port", str(self.port)]
        self._options += ["--passphrase-file", str(passphrase)]
        self._first, self._within = [*first], within
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def authority(self) -> Path:
        """The file that devices have to trust."""
        return self.home / "tls" / "authority.crt"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        ours = {name: value for name, value in os.environ.items() if name[:8] != "CHECKIN_"}
        with self.log.open("ab") as printed:
            self._process = subprocess.Popen(
                self._within(
                    *(sys.executable, "-m", "checkin", "hub", *self._first, *self._options)
                ),
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
            with suppress(requests.RequestException, OSError):  # no such file is an OSError
                if requests.get(f"{self.url}/healthz", timeout=1, verify=str(self.authority)).ok:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        """Kill every process of it, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Press Ctrl-C."""
        self._end(signal.SIGINT)

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


class CutOffHub(HubProcess):
    """A hub that talks to its central server over a line that can be cut.

    Attributes:
        line: between the hub and the central server.
    """

    def __init__(self, central: Server, central_home: Path, folder: Path, name: str) -> None:
        self.line = Wire(central.port)
        super().__init__(
            folder, ["--upstream", self.line.url, "--pair", hub_code(central_home, name)]
        )

    def close(self) -> None:
        """End it and its line."""
        self.kill()
        self.line.close()


def hub_code(home: Path, name: str) -> str:
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
