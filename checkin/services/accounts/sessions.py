"""Operators' sessions: opening, recognising, listing and ending them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Operator, OperatorSession
from checkin.services.common.activity import note

#: so long nobody is asked for the password again before they change an account
CONFIRMED_FOR = timedelta(minutes=10)
#: how exactly it is known when a session was last used; more would be a write for every page
SEEN_EVERY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts while it is not used, and how long it lasts at most."""

    idle: timedelta
    whole: timedelta


def open_session(
    session: Session,
    operator_id: int,
    *,
    device: str,
    network: str,
    now: datetime,
    lifetimes: Lifetimes,
    renewed: bool = False,
) -> str:
    """Open a session for an operator; return the secret that the browser keeps.

    Args:
        renewed: the operator was signed in already, and the session replaces an earlier one because
            something about the account changed.
    """
    session.execute(delete(OperatorSession).where(_has_ended(now, lifetimes)))
    operator = session.get_one(Operator, operator_id)
    token = secrets.token_urlsafe(32)
    session.add(
        OperatorSession(
            operator_id=operator.id,
            token_hash=_hash(token),
            began_at=now,
            seen_at=now,
            confirmed_at=now,
            device=device,
            network=network,
        )
    )
    if not renewed:
        operator.last_login_at = now
        note(session, None, "operator.sign_in", now, operator_id=operator.id)
    return token


def signed_in_with(
    database: Database, token: str, *, now: datetime, lifetimes: Lifetimes
) -> tuple[Operator, OperatorSession] | None:
    """Return the operator and session of this secret; None if it ended or they are disabled."""
    with database.read() as session:
        row = session.execute(
            select(Operator, OperatorSession)
            .join(OperatorSession, OperatorSession.operator_id == Operator.id)
            .where(
                OperatorSession.token_hash == _hash(token),
                Operator.disabled_at.is_(None),
                ~_has_ended(now, lifetimes),
            )
        ).one_or_none()
    if row is None:
        return None
    operator, kept = row
    if kept.seen_at < now - SEEN_EVERY:
        in_transaction(database, lambda session: _record_use(session, kept.id, now))
    return operator, kept


def sessions_of(
    session: Session, operator_id: int, *, now: datetime, lifetimes: Lifetimes
) -> Sequence[OperatorSession]:
    """Return an operator's open sessions, the last used first."""
    return session.scalars(
        select(OperatorSession)
        .where(OperatorSession.operator_id == operator_id, ~_has_ended(now, lifetimes))
        .order_by(OperatorSession.seen_at.desc(), OperatorSession.id.desc())
    ).all()


def end_session(session: Session, operator_id: int, session_id: int) -> None:
    """End one session of an operator; a session that has ended already is no fault."""
    session.execute(
        delete(OperatorSession).where(
            OperatorSession.id == session_id, OperatorSession.operator_id == operator_id
        )
    )


def end_sessions(session: Session, operator_id: int, *, but: int | None = None) -> None:
    """End all sessions of an operator, or all but one; no browser counts as known any more."""
    forgotten = update(Operator).where(Operator.id == operator_id)
    session.execute(forgotten.values(browsers_issue=Operator.browsers_issue + 1))
    ended = delete(OperatorSession).where(OperatorSession.operator_id == operator_id)
    session.execute(ended if but is None else ended.where(OperatorSession.id != but))


def is_confirmed(confirmed_at: datetime | None, now: datetime) -> bool:
    """Say whether it is a moment ago that the operator of a session proved who they are."""
    return confirmed_at is not None and now < confirmed_at + CONFIRMED_FOR


def confirm_session(session: Session, session_id: int, *, now: datetime) -> str:
    """Record that a session's operator gave their password again; return the session's new secret.

    The former secret stops working, so that whoever has copied it does not gain by this.
    """
    token = secrets.token_urlsafe(32)
    session.execute(
        update(OperatorSession)
        .where(OperatorSession.id == session_id)
        .values(confirmed_at=now, token_hash=_hash(token))
    )
    return token


def _has_ended(now: datetime, lifetimes: Lifetimes) -> ColumnElement[bool]:
    return or_(
        OperatorSession.seen_at <= now - lifetimes.idle,
        OperatorSession.began_at <= now - lifetimes.whole,
    )


def _record_use(session: Session, session_id: int, now: datetime) -> None:
    session.execute(
        update(OperatorSession).where(OperatorSession.id == session_id).values(seen_at=now)
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
