"""Record bounces that are read from a mailbox, or posted by a mail server."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Message, MessageState
from checkin.domain.channels.reach import Channel
from checkin.domain.mail.bounce_mailbox import BounceMailbox
from checkin.domain.mail.bounces import Bounce
from checkin.services.common.installation_settings import keep_setting, kept_settings
from checkin.services.common.keys import Keys
from checkin.services.mail.going_on import go_on
from checkin.services.mail.mailbox.mailbox import opened_reports, position_of
from checkin.services.mail.sender import bounce_mark
from checkin.services.uploads.bounces import read_report


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


def read_reports(
    database: Database, keys: Keys, mailbox: BounceMailbox, now: datetime
) -> Counter[Report]:
    """Read the reports that have come since the last time, and mark the messages that they name.

    How far it is stands in the database, in the transaction that marks a message.

    Raises:
        MailboxUnavailable: the mail server cannot be reached or refuses the sign-in.
    """
    with database.read() as session:
        position = position_of(kept_settings(session).get(_position_of(mailbox), ""))
    counts: Counter[Report] = Counter()
    with opened_reports(mailbox, position, now) as reports:
        for raw, reached in reports:
            bounce = None if raw is None else read_report(raw)

            def work(session: Session, bounce: Bounce | None = bounce) -> Report:
                keep_setting(session, _position_of(mailbox), reached.text)  # noqa: B023 - done at once
                return record_report(session, keys, bounce, now)

            counts[in_transaction(database, work)] += 1
    return counts


def _position_of(mailbox: BounceMailbox) -> str:
    """Return the name under which it is kept how far a mailbox was read."""
    digest = hashlib.sha256(f"{mailbox.place}\n{mailbox.folder}".encode()).hexdigest()
    return f"bounces_read:{digest[:16]}"


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
