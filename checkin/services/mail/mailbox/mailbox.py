"""Read a mailbox over IMAP: only the reports of mail servers, and nothing in it is changed."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from checkin.domain.mail.bounce_mailbox import BounceMailbox, MailboxFault, MailboxUnavailable

_TIMEOUT_S = 30
#: reports are small; what is larger is no report
_LARGEST = 5 * 2**20
#: of a mailbox that is read for the first time, what came before is of no account
_FIRST_SINCE = timedelta(days=14)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
#: What mail servers write: by its form, or by who writes it. The rest is not opened.
_REPORTS = (
    *("OR", "HEADER", "Content-Type", '"multipart/report"'),
    *("OR", "FROM", '"mailer-daemon"', "FROM", '"postmaster"'),
)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox was read.

    Attributes:
        validity: of the numbers of its messages (RFC 3501, UIDVALIDITY); after a change all is new.
        last: the number of the last message that was read.
    """

    validity: int
    last: int

    @property
    def text(self) -> str:
        """Return it as it is kept."""
        return f"{self.validity}:{self.last}"


def position_of(text: str) -> Position | None:
    """Return the position that `Position.text` has written; None for another text."""
    validity, _, last = text.partition(":")
    return Position(int(validity), int(last)) if validity.isdigit() and last.isdigit() else None


class Reports:
    """The reports in an open mailbox that were not read yet."""

    def __init__(self, imap: imaplib.IMAP4, position: Position | None, now: datetime) -> None:
        self._imap = imap
        self._validity = int(imap.response("UIDVALIDITY")[1][0] or 0)
        is_known = position is not None and position.validity == self._validity
        self._last = position.last if position and is_known else 0
        self._since = None if is_known else now - _FIRST_SINCE

    def __iter__(self) -> Iterator[tuple[bytes | None, Position]]:
        """Yield each report, None for one that is too large, and how far that is."""
        asked = [f"UID {self._last + 1}:*"]
        if self._since:
            asked += [
                "SINCE",
                f"{self._since.day}-{_MONTHS[self._since.month - 1]}-{self._since:%Y}",
            ]
        _, found = self._imap.uid("SEARCH", *asked, *_REPORTS)
        numbers = sorted(int(one) for one in found[0].split()) if found and found[0] else []
        # "n:*" is also the last message where that has a smaller number.
        for number in (one for one in numbers if one > self._last):
            yield self._fetched(number), Position(self._validity, number)

    def _fetched(self, number: int) -> bytes | None:
        _, sizes = self._imap.uid("FETCH", str(number), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", sizes[0] if sizes and sizes[0] else b"")
        if size is None or int(size[1]) > _LARGEST:
            return None
        _, found = self._imap.uid("FETCH", str(number), "(BODY.PEEK[])")
        parts = [part for part in found if isinstance(part, tuple)]
        return parts[0][1] if parts else None


@contextmanager
def opened_reports(
    mailbox: BounceMailbox, position: Position | None, now: datetime
) -> Iterator[Reports]:
    """Open a mailbox, read-only, and yield its reports after a position.

    Raises:
        MailboxUnavailable: it cannot be read.
    """
    if mailbox.password is None:
        raise MailboxUnavailable(MailboxFault.NO_PASSWORD, "its password cannot be decrypted")
    try:
        imap = _opened(mailbox)
        try:
            _sign_in(imap, mailbox.user, mailbox.password)
            if imap.select(f'"{mailbox.folder}"', readonly=True)[0] != "OK":
                raise MailboxUnavailable(
                    MailboxFault.NO_FOLDER, f"the mailbox has no folder {mailbox.folder}"
                )
            yield Reports(imap, position, now)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                imap.logout()
    except (OSError, imaplib.IMAP4.error) as fault:
        raise MailboxUnavailable(
            MailboxFault.UNREACHABLE, f"the mailbox cannot be read: {_words(fault)}"
        ) from None


def _opened(mailbox: BounceMailbox) -> imaplib.IMAP4:
    context, at = ssl.create_default_context(), (mailbox.host, mailbox.port)
    if mailbox.tls_from_start:
        return imaplib.IMAP4_SSL(*at, ssl_context=context, timeout=_TIMEOUT_S)
    imap = imaplib.IMAP4(*at, timeout=_TIMEOUT_S)
    if "STARTTLS" in imap.capabilities:
        imap.starttls(context)
    elif mailbox.host not in _THIS_MACHINE:
        imap.shutdown()
        raise MailboxUnavailable(
            MailboxFault.NO_TLS, "the mailbox offers no TLS: the password was not sent"
        )
    return imap


def _sign_in(imap: imaplib.IMAP4, user: str, password: str) -> None:
    try:
        imap.login(user, password)
    except imaplib.IMAP4.error:
        # Never the server's words: some repeat what they were given.
        raise MailboxUnavailable(
            MailboxFault.SIGN_IN, "the mailbox refused the user name or password"
        ) from None


def _words(fault: Exception) -> str:
    return re.sub(r"\s+", " ", f"{type(fault).__name__}: {fault}")[:200]
