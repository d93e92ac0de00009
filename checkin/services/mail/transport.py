"""Hand a message over: to an SMTP server, or to a folder of .eml files."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 30


class Fate(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    #: refused for now, or the server could not be reached: nothing was handed over
    LATER = "later"
    #: refused for good
    FAILED = "failed"
    #: handed over, but the answer never came: it may have arrived
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of one attempt, and the server's words."""

    fate: Fate
    answer: str


class Transport(Protocol):
    """Something that takes messages."""

    def send(self, message: EmailMessage) -> Outcome:
        """Hand one message over and say what became of it."""

    def close(self) -> None:
        """Let go of the connection."""


def transport_to(url: str) -> Transport:
    """Return the transport for a mail address: `file:DIR`, `smtp://…` or `smtps://…`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderTransport(Path(unquote(parts.path)))
    return SmtpTransport(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls_from_start=parts.scheme == "smtps",
    )


class FolderTransport:
    """Writes each message as a file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> Outcome:
        """Write one message; the same Message-ID writes the same file."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0] + ".eml"
        path = self._folder / name
        partial = path.with_suffix(".part")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
            f.write(message.as_bytes())
        partial.replace(path)
        return Outcome(Fate.SENT, f"written to {path.name}")

    def close(self) -> None:
        """Nothing is open."""


class SmtpTransport:
    """Sends over one connection, opened at the first message and again when it was lost."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str | None = None,
        password: str | None = None,
        tls_from_start: bool = False,
    ) -> None:
        self._host, self._port = host, port
        self._user, self._password = user, password
        self._tls_from_start = tls_from_start
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> Outcome:
        """Send one message, step by step, so that a lost line says whether it was handed over."""
        try:
            server = self._connected()
            refusal = self._refusal_of_envelope(server, message)
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            return Outcome(Fate.LATER, _words(fault))
        if refusal is not None:
            return refusal
        return self._hand_over(server, message)

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
            self._server = None

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            try:
                if self._server.rset()[0] == 250:
                    return self._server
            except (OSError, smtplib.SMTPException):
                pass
            self._drop()
        self._server = self._open()
        return self._server

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls_from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
        if self._user is not None:
            if not (self._tls_from_start or isinstance(server.sock, ssl.SSLSocket)):
                server.close()
                raise smtplib.SMTPNotSupportedError(
                    "the server offers no TLS: the password was not sent"
                )
            server.login(self._user, self._password or "")
        return server

    def _refusal_of_envelope(self, server: smtplib.SMTP, message: EmailMessage) -> Outcome | None:
        server.ehlo_or_helo_if_needed()
        sender, recipient = parseaddr(str(message["From"]))[1], parseaddr(str(message["To"]))[1]
        for code, text in (server.mail(sender), server.rcpt(recipient)):
            if code not in (250, 251):
                return Outcome(fate_of_code(code), f"{code} {text.decode(errors='replace')}")
        return None

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> Outcome:
        try:
            code, text = server.data(message.as_bytes())
        except smtplib.SMTPDataError as fault:  # DATA itself was refused: nothing was sent
            return Outcome(fate_of_code(fault.smtp_code), _words(fault))
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            return Outcome(Fate.UNKNOWN, f"no answer after the message was sent: {_words(fault)}")
        return Outcome(fate_of_code(code), f"{code} {text.decode(errors='replace')}")

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def fate_of_code(code: int) -> Fate:
    """Read an SMTP answer: 2xx was taken, 4xx may pass later, anything else is final."""
    if 200 <= code < 300:
        return Fate.SENT
    return Fate.LATER if 400 <= code < 500 else Fate.FAILED


def _words(fault: Exception) -> str:
    # Never the whole exception of a login: some servers repeat the credentials in it.
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return f"{fault.smtp_code} the server refused the user name or password"
    return f"{type(fault).__name__}: {fault}"[:300]
