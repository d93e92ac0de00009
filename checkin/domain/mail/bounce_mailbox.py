"""Decide which mailbox is read for e-mails that came back: the environment, `.env` or the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from checkin.domain.common.forms import Form
from checkin.domain.common.problems import Problem
from checkin.domain.mail.server_form import (
    HOST,
    PASSWORD,
    PORT,
    USER,
    any_port,
    mail_host,
    plain_text,
    typed_password,
)
from checkin.domain.network.public_address import RULING, AddressSource, Given
from checkin.errors import Unavailable

#: what the page keeps: the mailbox as JSON, its password sealed
MAILBOX, MAILBOX_PASSWORD = "bounce_mailbox", "bounce_password"
#: the port where TLS begins with the connection, and that where it follows (RFC 8314, RFC 3501)
TLS_PORT, PLAIN_PORT = 993, 143


class MailboxFault(StrEnum):
    """Why a mailbox cannot be read."""

    UNREACHABLE = "unreachable"
    NO_TLS = "no_tls"
    SIGN_IN = "sign_in"
    NO_FOLDER = "no_folder"
    #: the page keeps a password that the master key does not open
    NO_PASSWORD = "no_password"  # noqa: S105 - a code, no password


class MailboxUnavailable(Unavailable):
    """A mailbox cannot be read; `fault` says why."""

    def __init__(self, fault: MailboxFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class BounceMailbox:
    """A mailbox to which mail servers report what they could not deliver.

    Attributes:
        password: None where one is kept that the master key does not open.
        tls_from_start: else the connection is encrypted by STARTTLS.
    """

    host: str
    port: int
    user: str
    password: str | None = field(default=None, repr=False)
    folder: str = "INBOX"
    tls_from_start: bool = True

    @property
    def text(self) -> str:
        """The line that is kept in the database, without the password."""
        return json.dumps({"host": self.host, "port": self.port, "user": self.user})

    @property
    def place(self) -> str:
        """For what a kept password is encrypted: it goes to no other server and no other user."""
        return f"bounce mailbox:{self.host}\n{self.user}"


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """Which mailbox is read, and where that is set; None for none."""

    mailbox: BounceMailbox | None
    source: AddressSource


def decide_mailbox(given: Given | None, kept: Mapping[str, str]) -> MailboxSettings:
    """Decide which mailbox is read, without the password that the page keeps.

    Args:
        given: `CHECKIN_BOUNCES_URL`.
        kept: what pages have stored, by name.
    """
    if given is not None:
        return MailboxSettings(mailbox_at(given.value), given.source)
    if MAILBOX not in kept:
        return MailboxSettings(None, AddressSource.LOCAL)
    told = json.loads(kept[MAILBOX])
    return MailboxSettings(_mailbox(told["host"], told["port"], told["user"]), AddressSource.PAGE)


def mailbox_at(url: str) -> BounceMailbox:
    """Return the mailbox of `imaps://user:password@host/FOLDER`, or of `imap://` by STARTTLS."""
    parts = urlsplit(url)
    is_encrypted = parts.scheme == "imaps"
    return BounceMailbox(
        host=parts.hostname or "",
        port=parts.port or (TLS_PORT if is_encrypted else PLAIN_PORT),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls_from_start=is_encrypted,
    )


def read_mailbox_form(
    raw: Mapping[str, str], before: MailboxSettings, *, has_password: bool
) -> BounceMailbox | list[Problem] | None:
    """Return what the page's form says, None for no mailbox, or everything that is wrong with it.

    Args:
        has_password: one is kept for the mailbox of `before`; it stays where none is typed.
    """
    form = Form(raw)
    if before.source in RULING:
        return before.mailbox
    if not raw.get(HOST, "").strip():
        return None
    host, user = form.read(HOST, mail_host), form.read(USER, plain_text)
    port = form.read(PORT, any_port)
    if not form.problems and not user:
        form.object(USER, "missing_text")
    password = typed_password(form, raw)
    if form.problems:
        return form.problems
    mailbox = _mailbox(host, port or TLS_PORT, user, password or None)
    is_same = before.mailbox is not None and before.mailbox.place == mailbox.place
    if not password and not (has_password and is_same):
        return [Problem(PASSWORD, "password_again" if has_password else "missing_password")]
    return mailbox


def _mailbox(host: str, port: int, user: str, password: str | None = None) -> BounceMailbox:
    return BounceMailbox(host, port, user, password, tls_from_start=port != PLAIN_PORT)
