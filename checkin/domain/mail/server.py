"""Decide by which server e-mails leave, and how fast: the environment, `.env`, else the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from checkin.domain.network.public_address import RULING, AddressSource, Given

#: what the page keeps: the server as JSON, its password sealed, and the two limits
MAIL_SERVER, MAIL_PASSWORD = "mail_server", "mail_password"
MAIL_PER_MINUTE, MAIL_PER_DAY = "mail_per_minute", "mail_per_day"
#: Gmail calls whoever once sent close to 5,000 messages in 24 hours a bulk sender, for good, and
#: asks more of them (one-click unsubscribing, a DMARC policy): a fifth less keeps clear of that,
#: retries included. https://support.google.com/a/answer/14229414
PER_DAY = 4000


class Tls(StrEnum):
    """Whether messages to a mail server are encrypted on their way."""

    #: nothing is sent where the server offers no encryption
    REQUIRED = "required"
    #: where the server offers it; a password goes no other way
    OPPORTUNISTIC = "opportunistic"
    #: never, also where the server offers it: for one on this machine whose certificate is nobody's
    REFUSED = "refused"


class Encryption(StrEnum):
    """What the page offers: TLS from the first byte, or what `Tls` says of a plain beginning."""

    FROM_START = "from_start"
    REQUIRED = "required"
    OPPORTUNISTIC = "opportunistic"
    REFUSED = "refused"


#: the port that mail programs take unless told otherwise (RFC 8314, RFC 6409, RFC 5321)
USUAL_PORTS = {
    Encryption.FROM_START: 465,
    Encryption.REQUIRED: 587,
    Encryption.OPPORTUNISTIC: 25,
    Encryption.REFUSED: 25,
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes e-mails.

    Attributes:
        user: with which one signs in; "" where nobody does.
        password: None where one is kept that the master key does not open.
    """

    host: str
    port: int
    user: str = ""
    password: str | None = field(default="", repr=False)
    encryption: Encryption = Encryption.OPPORTUNISTIC

    @property
    def tls_from_start(self) -> bool:
        """Whether TLS begins with the connection, and not with STARTTLS."""
        return self.encryption is Encryption.FROM_START

    @property
    def tls(self) -> Tls:
        """What holds where a connection begins in plain text."""
        return Tls.REQUIRED if self.tls_from_start else Tls(self.encryption)

    @property
    def text(self) -> str:
        """The line that is kept in the database, without the password."""
        kept = asdict(self)
        del kept["password"]
        return json.dumps(kept)


#: where messages go: to a server, or as files into a folder
Destination = MailServer | Path


@dataclass(frozen=True, slots=True)
class MailGiven:
    """What the environment and `.env` say of e-mails; None for what they do not set.

    Attributes:
        url: `file:DIR`, `smtp://…` or `smtps://…`.
        folder: where messages become files as long as there is no server.
    """

    folder: Path
    url: Given | None = None
    tls: Given | None = None
    per_minute: Given | None = None
    per_day: Given | None = None


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How e-mails leave, and where each of that is set.

    Attributes:
        to: without the page's password, which is sealed.
        ruled_tls: what the environment or `.env` says of the encryption of the page's server.
        encryption_source: as `source`, unless the encryption alone is set elsewhere.
        per_minute: the most messages in a minute, of all events together; None for no limit.
        per_day: the most in any 24 hours.
    """

    to: Destination
    source: AddressSource
    ruled_tls: Tls | None
    encryption_source: AddressSource
    per_minute: int | None
    per_minute_source: AddressSource
    per_day: int
    per_day_source: AddressSource

    @property
    def server(self) -> MailServer | None:
        """The mail server; None where messages become files."""
        return self.to if isinstance(self.to, MailServer) else None

    @property
    def is_sent(self) -> bool:
        """Whether messages go to a mail server."""
        return self.server is not None


def decide_mail(given: MailGiven, kept: Mapping[str, str]) -> MailSettings:
    """Decide how e-mails leave.

    Args:
        kept: what pages have stored, by name.
    """
    to, source = _destination(given, kept)
    per_minute, per_minute_source = _number(given.per_minute, kept.get(MAIL_PER_MINUTE))
    per_day, per_day_source = _number(given.per_day, kept.get(MAIL_PER_DAY))
    ruling = given.tls if source not in RULING else None
    return MailSettings(
        to=to,
        source=source,
        ruled_tls=Tls(ruling.value) if ruling else None,
        encryption_source=ruling.source if ruling else source,
        per_minute=per_minute,
        per_minute_source=per_minute_source,
        per_day=PER_DAY if per_day is None else per_day,
        per_day_source=per_day_source,
    )


def destination_of(url: str, tls: Tls = Tls.OPPORTUNISTIC) -> Destination:
    """Return where a mail URL leads: `file:DIR`, `smtp://…` or `smtps://…`.

    Args:
        tls: for `smtp://`; `smtps://` is encrypted whatever it says.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    encryption = Encryption.FROM_START if parts.scheme == "smtps" else Encryption(tls)
    return MailServer(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        user=unquote(parts.username) if parts.username else "",
        password=unquote(parts.password) if parts.password else "",
        encryption=encryption,
    )


def server_of(text: str) -> MailServer:
    """Parse the line of `MailServer.text`."""
    kept = json.loads(text)
    return MailServer(
        host=kept["host"],
        port=kept["port"],
        user=kept["user"],
        encryption=Encryption(kept["encryption"]),
    )


def _destination(given: MailGiven, kept: Mapping[str, str]) -> tuple[Destination, AddressSource]:
    tls = Tls(given.tls.value) if given.tls else Tls.OPPORTUNISTIC
    if given.url is not None:
        return destination_of(given.url.value, tls), given.url.source
    if MAIL_SERVER not in kept:
        return given.folder, AddressSource.LOCAL
    server = server_of(kept[MAIL_SERVER])
    if given.tls:
        server = replace(server, encryption=Encryption(tls))
    return server, AddressSource.PAGE


def _number(given: Given | None, kept: str | None) -> tuple[int | None, AddressSource]:
    if given is not None:
        return int(given.value), given.source
    if kept is not None:
        return int(kept), AddressSource.PAGE
    return None, AddressSource.LOCAL
