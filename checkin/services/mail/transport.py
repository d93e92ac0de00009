"""Transports for messages: to an SMTP server, or into a folder of .eml files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from checkin.domain.mail.rules import Fate
from checkin.services.mail.outcomes import LEFT, Letter, Outcome, Permission
from checkin.services.mail.smtp import SmtpTransport, Tls


class Transport(Protocol):
    """A way to send messages."""

    def send(self, letter: Letter, may_hand_over: Permission) -> Outcome:
        """Send one message and return the outcome."""

    def close(self) -> None:
        """Close the connection."""


def transport_to(url: str, tls: Tls = Tls.OPPORTUNISTIC) -> Transport:
    """Return the transport for a mail URL: `file:DIR`, `smtp://…` or `smtps://…`.

    Args:
        tls: for `smtp://`; `smtps://` is encrypted whatever it says.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderTransport(Path(unquote(parts.path)))
    return SmtpTransport(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls_from_start=parts.scheme == "smtps",
        tls=tls,
    )


class FolderTransport:
    """Writes each message as a file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter, may_hand_over: Permission) -> Outcome:
        """Write one message to a file that is named by its Message-ID."""
        if not may_hand_over():
            return LEFT
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = str(letter.message["Message-ID"]).strip("<>").partition("@")[0] + ".eml"
        path = self._folder / name
        partial = path.with_suffix(".part")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
            f.write(letter.message.as_bytes())
        partial.replace(path)
        return Outcome(Fate.SENT, f"written to {path.name}")

    def close(self) -> None:
        """Do nothing: no file stays open."""
