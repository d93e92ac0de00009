"""The small application, served by the server and with the options of `python -m checkin run`."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.support.servers.server_process import ROOT, free_port
from tests.support.waiting import wait_for

_SERVE = (
    "import sys; from checkin.cli.running.serving import serve; "
    "serve(*sys.argv[1:3], int(sys.argv[3]))"
)


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Open a connection and send something over it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(sent)
        return connection

    def says(self, sent: bytes) -> bytes:
        """Send something and return all that comes until the server closes."""
        with self.connect(sent) as connection:
            return read_out(connection)

    def json(self, path: str = "/", method: str = "GET", **more) -> dict:
        return requests.request(method, self.url + path, timeout=20, **more).json()

    def answers(self) -> bool:
        try:
            return requests.get(self.url, timeout=5).ok
        except requests.RequestException:
            return False


def read_out(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    parts = []
    while part := connection.recv(2**16):
        parts.append(part)
    return b"".join(parts)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-c", _SERVE, "tests.web.asgi.echo:served", "127.0.0.1", str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    served = Served(port)
    wait_for(served.answers, "the server")
    yield served
    process.terminate()
    process.wait(10)
