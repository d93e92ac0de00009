"""The handler of a real SMTP server process, moody by the recipient's name.

`later…` is refused for now, `never…` for good, and at `dropped…` the line breaks after the
message was handed over. Everything else is kept as a file.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session


class Desk:
    """Keeps messages in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def from_cli(cls, _parser: ArgumentParser, folder: str) -> Desk:
        return cls(Path(folder))

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("later"):
            return "451 4.7.1 greylisted, come back later"
        if address.startswith("never"):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        path = self._folder / f"{uuid4().hex}.eml"
        path.write_bytes(envelope.content)
        if envelope.rcpt_tos[0].startswith("dropped"):
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"
