"""Read tokens: make, list and revoke them, and recognise whoever brings one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.faults import outage_of
from checkin.db.models import Event, ReadToken
from checkin.domain.common.names import clean_title
from checkin.domain.common.problems import InvalidValue
from checkin.domain.integrations.read_tokens import (
    LONGEST_NAME,
    MOST_TOKENS,
    Scope,
    read_scopes,
    written_scopes,
)
from checkin.errors import Forbidden, Unauthenticated
from checkin.services.common.activity import note
from checkin.services.common.lookup import by_id
from checkin.services.common.purged import refuse_purged

#: what a token begins with, for those who look for leaked secrets
PREFIX = "mrt_"
_TOKEN_BYTES = 32
#: the last use is written no more often than this
_USE_WRITTEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever has brought a read token that is good.

    Attributes:
        use_is_due: whether it is time to write down that the token was used.
    """

    token_id: int
    name: str
    event_id: int
    event_slug: str
    scopes: frozenset[Scope]
    expires_at: datetime
    use_is_due: bool = False

    def require(self, scope: Scope) -> None:
        """Check that the token may read something.

        Raises:
            Forbidden: it may not.
        """
        if scope not in self.scopes:
            raise Forbidden(f"this token may not read {scope}: an organiser makes one that may")


def add_token(
    session: Session,
    event: Event,
    name: str,
    scopes: Sequence[Scope],
    lifetime: timedelta,
    *,
    operator_id: int | None,
    now: datetime,
) -> tuple[ReadToken, str]:
    """Make a token; return its row, and the token itself, to be shown once.

    Raises:
        InvalidValue: there is no name, nothing was chosen, or the event has too many.
        EventPurged: the event's personal data were erased.
    """
    refuse_purged(session, event.id)
    name = clean_title(name, LONGEST_NAME)
    if not name:
        raise InvalidValue("missing_text", name)
    count = select(func.count()).where(ReadToken.event_id == event.id)
    if session.scalars(count).one() >= MOST_TOKENS:
        raise InvalidValue("too_many_tokens", name, str(MOST_TOKENS))
    text = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    token = ReadToken(
        event_id=event.id,
        name=name,
        token_hash=_hash(text),
        scopes=written_scopes(scopes),
        created_at=now,
        created_by=operator_id,
        expires_at=now + lifetime,
    )
    session.add(token)
    session.flush()
    who = {"operator_id": operator_id, "token": token.id}
    note(session, event.id, "token.add", now, **who, scopes=token.scopes)
    return token, text


def revoke_token(
    session: Session, event: Event, token_id: int, *, operator_id: int | None, now: datetime
) -> None:
    """End a token at once. Revoking it again changes nothing."""
    token = by_id(session, event, ReadToken, token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        who = {"operator_id": operator_id, "token": token.id}
        note(session, event.id, "token.revoke", now, **who)


def tokens_of(session: Session, event: Event) -> Sequence[ReadToken]:
    """Return an event's tokens, those that are good first, the newest before the others."""
    return session.scalars(
        select(ReadToken)
        .where(ReadToken.event_id == event.id)
        .order_by(ReadToken.revoked_at.is_not(None), ReadToken.id.desc())
    ).all()


def reader_of(session: Session, token: str, now: datetime) -> Reader:
    """Return whoever has brought a token.

    Raises:
        Unauthenticated: there is no such token, it was revoked, or it has expired.
    """
    row = session.execute(
        select(ReadToken, Event.slug, Event.purged_at)
        .join(Event, Event.id == ReadToken.event_id)
        .where(ReadToken.token_hash == _hash(token))
    ).first()
    if row is None or row.ReadToken.revoked_at is not None or row.purged_at is not None:
        raise Unauthenticated("no read token is like this one, or it was revoked")
    found = row.ReadToken
    if now >= found.expires_at:
        raise Unauthenticated("this read token has expired: an organiser makes a new one")
    used_at = found.last_used_at
    return Reader(
        found.id,
        found.name,
        found.event_id,
        row.slug,
        read_scopes(found.scopes),
        found.expires_at,
        use_is_due=used_at is None or now - used_at >= _USE_WRITTEN_EVERY,
    )


def try_to_note_use(database: Database, token_id: int, now: datetime) -> None:
    """Write down when a token was used last, where the database takes it; no answer needs it."""
    used = update(ReadToken).where(ReadToken.id == token_id).values(last_used_at=now)
    try:
        in_transaction(database, lambda session: session.execute(used))
    except SQLAlchemyError as fault:
        if outage_of(fault) is None:
            raise


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
