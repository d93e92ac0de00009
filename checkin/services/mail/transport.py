"""Transports for messages: to an SMTP server, or into a folder of .eml files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from checkin.domain.mail.rules import Fate
from checkin.domain.mail.server import Destination
from checkin.services.mail.outcomes import LEFT, Letter, Outcome, Permission
from checkin.services.mail.smtp import TIMEOUT_S, SmtpTransport


class Transport(Protocol):
    """A way to send messages."""

    def send(self, letter: Letter, may_hand_over: Permission) -> Outcome:
        """Send one message and return the outcome."""

    def close(self) -> None:
        """Close the connection."""


def transport_to(destination: Destination, *, timeout_s: float = TIMEOUT_S) -> Transport:
    """Return the transport to a mail server, or into a folder.

    Args:
        timeout_s: for each answer of a server.
    """
    if isinstance(destination, Path):
        return FolderTransport(destination)
    return SmtpTransport(destination, timeout_s=timeout_s)


class CurrentTransport:
    """Sends each message where messages go at that moment: the settings may change on the way."""

    def __init__(self, current: Callable[[], Destination]) -> None:
        """Begin without a connection.

        Args:
            current: says before each message where it goes.
        """
        self._current = current
        self._to: Destination | None = None
        self._transport: Transport | None = None

    def send(self, letter: Letter, may_hand_over: Permission) -> Outcome:
        """Send one message, over the open connection if it leads to the right server."""
        to = self._current()
        if self._transport is None or to != self._to:
            self.close()
            self._to, self._transport = to, transport_to(to)
        return self._transport.send(letter, may_hand_over)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None


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
