"""Record bounces that are read from a mailbox, or posted by a mail server."""

from __future__ import annotations

import hmac
import imaplib
import re
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import partial
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Message, MessageState
from checkin.domain.channels.reach import Channel
from checkin.domain.mail.bounces import Bounce
from checkin.errors import SettingsError, Unavailable
from checkin.services.common.keys import Keys
from checkin.services.mail.going_on import go_on
from checkin.services.mail.sender import bounce_mark
from checkin.services.uploads.bounces import read_report

_TIMEOUT_S = 30
#: reports are small; what is larger is no report, and is left where it is
_LARGEST = 5 * 2**20


class Report(StrEnum):
    """The result of reading one message of the mailbox."""

    BOUNCED = "bounced"
    #: a failure of a message that is none of ours, or already known to be back
    NOT_OURS = "not_ours"
    #: a delay, somebody's holiday, a letter
    NO_BOUNCE = "no_bounce"


def record_report(session: Session, keys: Keys, bounce: Bounce | None, now: datetime) -> Report:
    """Mark the message that a bounce report is about.

    Args:
        bounce: as `read_report` has read it, before the transaction.
    """
    if bounce is None:
        return Report.NO_BOUNCE
    found = _message_of(session, keys, bounce)
    if found is None or not mark_bounced(session, found, bounce.words, now):
        return Report.NOT_OURS
    return Report.BOUNCED


def read_mailbox(database: Database, keys: Keys, url: str, now: datetime) -> Counter[Report]:
    """Read the unseen messages of a mailbox and mark each as seen once it is written down.

    A second reader, or a second run after a crash, reads the same report without harm.

    Raises:
        SettingsError: the URL does not name a mailbox.
        Unavailable: the mail server cannot be reached or refuses the sign-in.
    """
    counts: Counter[Report] = Counter()
    with _mailbox(url) as mailbox:
        for number in _unseen(mailbox):
            raw = _fetched(mailbox, number)
            if raw is None:
                continue
            work = partial(record_report, keys=keys, bounce=read_report(raw), now=now)
            counts[in_transaction(database, work)] += 1
            mailbox.uid("STORE", number, "+FLAGS", "(\\Seen)")
    return counts


def mark_bounced(session: Session, message_id: int, words: str, now: datetime) -> bool:
    """Mark an e-mail as bounced; return False if it was not sent, or is marked already.

    Whom it was for is written to by the next channel, where one is switched on.
    """
    changed = session.execute(
        update(Message)
        .where(
            Message.id == message_id,
            Message.channel == Channel.EMAIL,
            Message.state.in_([MessageState.SENT, MessageState.UNKNOWN]),
        )
        .values(state=MessageState.BOUNCED, bounced_at=now, last_answer=words[:500])
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        return False
    go_on(session, message_id, now)
    return True


def _message_of(session: Session, keys: Keys, bounce: Bounce) -> int | None:
    if bounce.marked is not None:
        number, mark = bounce.marked
        if hmac.compare_digest(mark, bounce_mark(keys, number)):
            return number
    if bounce.message_id is None:
        return None
    return session.scalar(select(Message.id).where(Message.message_id == bounce.message_id))


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise SettingsError("CHECKIN_BOUNCES_URL: write imaps://user:password@host/FOLDER")
    try:
        mailbox = _opened(parts.scheme, parts.hostname, parts.port)
        try:
            _sign_in(mailbox, unquote(parts.username), unquote(parts.password or ""))
            folder = unquote(parts.path.strip("/")) or "INBOX"
            if mailbox.select(f'"{folder}"')[0] != "OK":
                raise Unavailable(f"the mailbox has no folder {folder}")
            yield mailbox
        finally:
            mailbox.logout()
    except (OSError, imaplib.IMAP4.error) as fault:
        raise Unavailable(f"the mailbox cannot be read: {_words(fault)}") from None


def _opened(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=_TIMEOUT_S)
    mailbox = imaplib.IMAP4(host, port or 143, timeout=_TIMEOUT_S)
    if "STARTTLS" in mailbox.capabilities:
        mailbox.starttls(context)
    elif host not in ("localhost", "127.0.0.1", "::1"):
        mailbox.shutdown()
        raise Unavailable("the mailbox offers no TLS: the password was not sent")
    return mailbox


def _sign_in(mailbox: imaplib.IMAP4, user: str, password: str) -> None:
    try:
        mailbox.login(user, password)
    except imaplib.IMAP4.error:
        # Never the server's words: some repeat what they were given.
        raise Unavailable("the mailbox refused the user name or password") from None


def _unseen(mailbox: imaplib.IMAP4) -> list[str]:
    _, found = mailbox.uid("SEARCH", "UNSEEN", "SMALLER", str(_LARGEST))
    return found[0].decode().split() if found and found[0] else []


def _fetched(mailbox: imaplib.IMAP4, number: str) -> bytes | None:
    # PEEK: seen only once it is written down.
    _, found = mailbox.uid("FETCH", number, "(BODY.PEEK[])")
    parts = [part for part in found if isinstance(part, tuple)]
    return parts[0][1] if parts else None


def _words(fault: Exception) -> str:
    return re.sub(r"\s+", " ", f"{type(fault).__name__}: {fault}")[:200]
