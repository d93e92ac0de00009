"""Read one page of many people by the place of one: the last page costs as much as the first.

A page is named by the participant after whom, or before whom, it stands: to count off thousands of
rows for each page takes seconds where there are a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, tuple_
from sqlalchemy.orm import Session

from checkin.db.models import Participant

#: what people are ordered by: a column of a table, or what is computed from some
Key = SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is wanted: the first, unless one of these says otherwise.

    Attributes:
        after, before: the id of the participant behind whom it begins, or before whom it ends.
        is_last: the last one.
    """

    after: int | None = None
    before: int | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class TurnedPage:
    """The participants of one page by their ids, and whether there are others before and behind."""

    ids: Sequence[int]
    has_previous: bool
    has_next: bool


def turned_page(
    session: Session,
    people: Select[Any],
    wanted: Sequence[ColumnElement[bool]],
    keys: Sequence[Key],
    turn: Turn,
    size: int,
    *,
    down: bool = False,
) -> TurnedPage:
    """Return the participants of a page.

    Args:
        people: selects the ids of participants, with whatever `keys` need joined.
        wanted: the conditions on whoever is listed.
        keys: what they are ordered by; no two people have the same, and none is NULL.
        size: of a page.
        down: the order of the keys is turned round.
    """
    is_backwards = turn.before is not None or turn.is_last
    is_falling = down is not is_backwards
    statement = people.where(*wanted).order_by(*(_ordered(key, is_falling) for key in keys))
    place = _place_of(session, people, keys, turn)
    if place is not None:
        here = tuple_(*keys)
        statement = statement.where(here < place if is_falling else here > place)
    found = session.scalars(statement.limit(size + 1)).all()
    is_more, ids = len(found) > size, list(found[:size])
    if is_backwards:
        return TurnedPage(ids[::-1], is_more, place is not None)
    return TurnedPage(ids, place is not None, is_more)


def _ordered(key: Key, is_falling: bool) -> ColumnElement[Any]:
    return key.desc() if is_falling else key.asc()


def _place_of(session: Session, people: Select[Any], keys: Sequence[Key], turn: Turn) -> Any:
    """Return the keys of the participant who marks the page; None: it is the first, or the last."""
    number = turn.after if turn.after is not None else turn.before
    if number is None:
        return None
    of_one = people.with_only_columns(*keys).where(Participant.id == number)
    row = session.execute(of_one).first()
    return None if row is None else tuple(row)
