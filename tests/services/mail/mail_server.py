"""A real SMTP server process, and what it has taken."""

from __future__ import annotations

import email
import email.policy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.support.servers.server_process import free_port


@dataclass(frozen=True)
class MailServer:
    """A running mail server, and what it has taken."""

    url: str
    folder: Path

    def taken(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(self.folder.glob("*.eml"))
        ]


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the mail server did not start")


@contextmanager
def mail_server(folder: Path, kept: str = "all") -> Iterator[MailServer]:
    """Run a server that keeps in a folder "all" of what it takes, or the "headers"."""
    port = free_port()
    folder.mkdir()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"),
            *("-c", "tests.services.mail.smtp_desk.SmtpHandler", str(folder), kept),
        ],
        cwd=Path(__file__).parents[3],
    )
    try:
        wait_for(port)
        yield MailServer(f"smtp://127.0.0.1:{port}", folder)
    finally:
        server.terminate()
        server.wait(10)
