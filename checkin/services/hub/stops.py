"""Stops of all entries at a hub: those of the central server, and those that were ordered here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from checkin.db.models import EntryStop
from checkin.domain.gates.hub_numbers import OWN_NUMBERS

#: a stop of the central server that was lifted here: its number, when, and by whom
Lifted = Row[int, datetime | None, int | None]


def lifted_here(session: Session) -> Sequence[Lifted]:
    """Return the central server's stops that were lifted here, and that it has in force still.

    It tells a hub of stops in force alone: one that it has lifted itself is here no more.
    """
    return session.execute(
        select(EntryStop.id, EntryStop.lifted_at, EntryStop.lifted_by).where(
            EntryStop.id < OWN_NUMBERS, EntryStop.lifted_at.is_not(None)
        )
    ).all()


def lift_again(session: Session, lifted: Sequence[Lifted]) -> None:
    """Lift the stops that a mirror has just brought once more: the central server hears of it."""
    for number, at, by in lifted:
        session.execute(
            update(EntryStop)
            .where(EntryStop.id == number, EntryStop.lifted_at.is_(None))
            .values(lifted_at=at, lifted_by=by)
        )


def lift_own(
    session: Session, pages: Iterable[Mapping[str, Any]], lifted: Sequence[Lifted]
) -> None:
    """Let a stop of the central server take the place of one that was ordered here: one is enough.

    It says of both when entries go on.

    Args:
        pages: of stops in force that have come.
        lifted: those that are in force here no more.
    """
    ended = {number for number, _at, _by in lifted}
    told = {row[page["columns"].index("id")] for page in pages for row in page["rows"]}
    if told - ended:
        session.execute(
            update(EntryStop)
            .where(EntryStop.id >= OWN_NUMBERS, EntryStop.lifted_at.is_(None))
            .values(lifted_at=datetime.now(UTC))
        )
