"""Find participants by a part of a name, in either script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal_column, select, text
from sqlalchemy.orm import Session

from checkin.db.models import Category, Delegation, Participant
from checkin.domain.common.names import fold_name
from checkin.errors import InvalidRequest

MIN_LETTERS = 3
MAX_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A participant as a search shows them."""

    id: int
    name: str
    name_ar: str | None
    category: str
    delegation_id: int
    delegation: str
    delegation_ar: str | None
    standing: str


def search_participants(
    session: Session, event_id: int, query: str, *, delegation_id: int | None = None
) -> Sequence[Found]:
    """Return up to 20 participants whose names hold every word of `query`.

    Accents, case, Arabic letter variants and vowel signs make no difference.

    Args:
        delegation_id: look only in this delegation.

    Raises:
        InvalidRequest: the query has fewer than 3 letters.
    """
    words = fold_name(query).split()
    if sum(map(len, words)) < MIN_LETTERS:
        raise InvalidRequest(f"give at least {MIN_LETTERS} letters of the name")
    statement = _matching(session, words).where(Participant.event_id == event_id)
    if delegation_id is not None:
        statement = statement.where(Participant.delegation_id == delegation_id)
    rows = session.execute(statement.order_by(Participant.folded).limit(MAX_FOUND))
    return [Found(*row) for row in rows]


def _matching(session: Session, words: Sequence[str]) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(
            Participant.id,
            Participant.name,
            Participant.name_ar,
            Category.name,
            Delegation.id,
            Delegation.name,
            Delegation.name_ar,
            Participant.standing,
        )
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
    )
    long = [word for word in words if len(word) >= MIN_LETTERS]
    if session.get_bind().dialect.name == "sqlite" and long:
        # The trigram index of the first migration; it finds words of three letters or more.
        phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
        indexed: Select[*tuple[Any, ...]] = select(literal_column("rowid")).select_from(
            text("participant_search")
        )
        indexed = indexed.where(
            text("participant_search MATCH :phrases").bindparams(phrases=phrases)
        )
        found = found.where(Participant.id.in_(indexed))
        words = [word for word in words if len(word) < MIN_LETTERS]
    for word in words:
        found = found.where(Participant.folded.contains(word, autoescape=True))
    return found
