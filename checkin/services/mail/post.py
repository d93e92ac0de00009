"""Send an e-mail at once, without the day's limit, because an operator waits for it.

They are few, and counted: the badges in the outbox leave them room (`pacing.left_since`).
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import LetterSent
from checkin.domain.mail.rules import Fate
from checkin.services.mail.outcomes import Letter, Outcome
from checkin.services.mail.sender import DAY
from checkin.services.mail.smtp import Tls
from checkin.services.mail.transport import transport_to


def send_now(
    database: Database,
    letter: Letter,
    mail_url: str,
    now: datetime,
    *,
    tls: Tls,
) -> str | None:
    """Send an e-mail; return None if it was sent, else the mail server's answer.

    Args:
        tls: as the settings say. It has no default, which a caller would forget.
    """
    try:
        outcome = _handed_over(letter, mail_url, tls)
    except OSError as fault:  # a folder that cannot be written
        return str(fault)
    if outcome.fate in (Fate.SENT, Fate.UNKNOWN):
        in_transaction(database, lambda session: _count(session, now))
    return None if outcome.fate is Fate.SENT else outcome.answer


def _handed_over(letter: Letter, mail_url: str, tls: Tls) -> Outcome:
    with closing(transport_to(mail_url, tls)) as transport:
        return transport.send(letter, lambda: True)


def _count(session: Session, now: datetime) -> None:
    session.execute(delete(LetterSent).where(LetterSent.at < now - 2 * DAY))
    session.add(LetterSent(at=now))
