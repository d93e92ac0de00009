"""The handler of a real SMTP server process, whose answer depends on the recipient's name.

`later…` is refused for now, `never…` for good, `once…` for now at its first attempt, and at
`dropped…` the connection breaks after the message was handed over; so at `lost…`, but the message
is not kept. Everything else is kept as a file.
The sender `unwelcome@…` is refused for good.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session


class SmtpHandler:
    """Keeps messages in a folder."""

    def __init__(self, folder: Path, kept: str) -> None:
        self._folder = folder
        self._kept = kept
        self._seen: set[str] = set()

    @classmethod
    def from_cli(cls, _parser: ArgumentParser, folder: str, kept: str = "all") -> SmtpHandler:
        return cls(Path(folder), kept)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("unwelcome"):
            return "550 5.7.1 we take nothing from you"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("later"):
            return "451 4.7.1 greylisted, come back later"
        if address.startswith("once") and address not in self._seen:
            self._seen.add(address)
            return "450 4.2.0 not the first time"
        if address.startswith("never"):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        if envelope.rcpt_tos[0].startswith("lost"):
            _hang_up(server)
            return "250 OK"
        path = self._folder / f"{uuid4().hex}.eml"
        content = envelope.content
        if self._kept == "headers":
            content = content.partition(b"\r\n\r\n")[0] + b"\r\n"
        headers = f"X-Envelope-From: {envelope.mail_from}\r\nX-Peer: {session.peer}\r\n"
        path.write_bytes(headers.encode() + content)
        if envelope.rcpt_tos[0].startswith("dropped"):
            _hang_up(server)
        return "250 OK"


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()
