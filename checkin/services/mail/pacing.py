"""How fast messages may leave: counted in the database, so for all senders together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import LetterSent, Message, MessageState
from checkin.services.mail.sender import domain_of

DAY = timedelta(days=1)
#: names this advisory lock among those of the database ("MAIL")
_TURN = 0x4D41494C


def take_turn(session: Session) -> None:
    """Let one sender after the other choose its next message, until the transaction's end.

    Otherwise two of them would find the same domain rested, or the day's last place free. On
    SQLite a transaction that writes is alone anyway.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def left_since(session: Session, since: datetime) -> int:
    """Return how many left since then or are about to, of all events: servers count all.

    The letters about accounts are among them: they never wait, but the badges leave them room.
    """
    at_hand = and_(Message.state == MessageState.SENDING, Message.claimed_at > since)
    badges = select(func.count()).where(or_(Message.handed_at > since, at_hand))
    letters = select(func.count()).where(LetterSent.at > since)
    return session.scalar(select(badges.scalar_subquery() + letters.scalar_subquery())) or 0


def resting_domains(session: Session, now: datetime, spacing: timedelta) -> set[str]:
    """Return the domains that a message of any event left for less than `spacing` ago."""
    if not spacing:
        return set()
    since = now - spacing
    recent = or_(Message.claimed_at > since, Message.handed_at > since)
    return {
        domain_of(address) for address in session.scalars(select(Message.address).where(recent))
    }
