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
from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.rules import Fate
from checkin.domain.mail.server import Destination
from checkin.services.mail.outcomes import Letter, Outcome
from checkin.services.mail.sender import DAY
from checkin.services.mail.smtp import TIMEOUT_S
from checkin.services.mail.transport import transport_to


def send_now(
    database: Database,
    letter: Letter,
    destination: Destination,
    now: datetime,
    *,
    timeout_s: float = TIMEOUT_S,
) -> str | None:
    """Send an e-mail; return None if it was sent, else the mail server's answer."""
    outcome = outcome_of(database, letter, destination, now, timeout_s=timeout_s)
    return None if outcome.fate is Fate.SENT else outcome.answer


def outcome_of(
    database: Database,
    letter: Letter,
    destination: Destination,
    now: datetime,
    *,
    timeout_s: float = TIMEOUT_S,
) -> Outcome:
    """Send an e-mail as `send_now` does, and return what became of it."""
    try:
        with closing(transport_to(destination, timeout_s=timeout_s)) as transport:
            outcome = transport.send(letter, lambda: True)
    except OSError as fault:  # a folder that cannot be written
        return Outcome(Fate.HALTED, str(fault), MailFault.FOLDER)
    if outcome.fate in (Fate.SENT, Fate.UNKNOWN):
        in_transaction(database, lambda session: _count(session, now))
    return outcome


def _count(session: Session, now: datetime) -> None:
    session.execute(delete(LetterSent).where(LetterSent.at < now - 2 * DAY))
    session.add(LetterSent(at=now))
