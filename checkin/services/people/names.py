"""What is kept of people's names for comparing and searching, and filled in where it is not yet."""

from __future__ import annotations

from functools import partial

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Participant
from checkin.domain.common.name_key import name_terms
from checkin.domain.common.names import folded_both

#: people in a transaction: few, so that gates which scan meanwhile do not wait for long
BATCH = 250


def compared_names(name: str, name_ar: str | None) -> dict[str, str]:
    """Return the columns of a participant by which names are compared and found."""
    folded, folded_name = folded_both(name, name_ar)
    return {
        "folded": folded,
        "folded_name": folded_name,
        "name_terms": name_terms(name, name_ar),
    }


def keep_compared_names(person: Participant) -> None:
    """Write these columns of a person whose names were written."""
    for column, value in compared_names(person.name, person.name_ar).items():
        setattr(person, column, value)


def fill_name_terms(database: Database) -> int:
    """Write the terms of everybody who has none, and return of how many.

    Until then they are found by parts of their names alone. It may be interrupted, and run by
    several processes at once: each writes the same.
    """
    count, last = 0, 0
    while found := in_transaction(database, partial(_fill_some, after=last)):
        count, last = count + found[0], found[1]
    return count


def _fill_some(session: Session, *, after: int) -> tuple[int, int] | None:
    """Fill the next people's; return how many, and the last of them. None if nobody is left."""
    rows = session.execute(
        select(Participant.id, Participant.name, Participant.name_ar)
        .where(Participant.name_terms.is_(None), Participant.id > after)
        .order_by(Participant.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return None
    terms = [{"person": row.id, "to": name_terms(row.name, row.name_ar)} for row in rows]
    session.connection().execute(_WRITE, terms)
    return len(rows), rows[-1].id


# Whoever is given another name meanwhile has got its terms with it.
_WRITE = (
    update(Participant)
    .where(Participant.id == bindparam("person"), Participant.name_terms.is_(None))
    .values(name_terms=bindparam("to"))
)
