"""Categories that coordinators ask organisers for, because their lists name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from checkin.db.models import CategoryWish, Delegation, Event, Operator
from checkin.domain.common.names import clean_name, fold_name
from checkin.errors import InvalidRequest
from checkin.services.common.activity import note
from checkin.services.common.purged import refuse_purged

#: of a delegation, until organisers have decided on some
MOST_WISHES = 50


@dataclass(frozen=True, slots=True)
class SeenWish:
    """A category that is asked for, by whom and for which delegation."""

    id: int
    name: str
    delegation: str
    by: str


def ask_for_category(
    session: Session,
    event: Event,
    delegation: Delegation,
    name: str,
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Ask organisers for a category; asking twice changes nothing.

    Raises:
        InvalidValue: this can be no name.
        InvalidRequest: too many are asked for already.
    """
    refuse_purged(session, event.id)
    name = clean_name(name)
    folded = fold_name(name)
    mine = CategoryWish.delegation_id == delegation.id
    known = session.scalars(select(CategoryWish.folded).where(mine)).all()
    if folded in known:
        return
    if len(known) >= MOST_WISHES:
        raise InvalidRequest("too many categories are asked for already")
    session.add(
        CategoryWish(
            event_id=event.id,
            delegation_id=delegation.id,
            operator_id=operator_id,
            name=name,
            folded=folded,
            asked_at=now,
        )
    )
    who = {"operator_id": operator_id, "delegation_id": delegation.id}
    note(session, event.id, "category.ask", now, **who, name=name)


def wishes_of(session: Session, event: Event) -> Sequence[SeenWish]:
    """Return the categories that are asked for, those of one name together."""
    rows = session.execute(
        select(CategoryWish.id, CategoryWish.name, Delegation.name, Operator.name)
        .join(Delegation, Delegation.id == CategoryWish.delegation_id)
        .join(Operator, Operator.id == CategoryWish.operator_id)
        .where(CategoryWish.event_id == event.id)
        .order_by(CategoryWish.folded, CategoryWish.id)
    )
    return [SeenWish(*row) for row in rows]


def count_wishes(session: Session, event: Event) -> int:
    """Return how many categories are asked for."""
    wanted = select(func.count(func.distinct(CategoryWish.folded)))
    count: int = session.execute(wanted.where(CategoryWish.event_id == event.id)).scalar_one()
    return count


def wished_names(session: Session, delegation: Delegation) -> set[str]:
    """Return what a delegation has asked for, folded."""
    wanted = select(CategoryWish.folded).where(CategoryWish.delegation_id == delegation.id)
    return set(session.scalars(wanted))


def settle_wish(session: Session, event: Event, name: str) -> None:
    """Delete what was asked for under a name: it was created, or is not wanted."""
    mine = CategoryWish.event_id == event.id
    session.execute(delete(CategoryWish).where(mine, CategoryWish.folded == fold_name(name)))
