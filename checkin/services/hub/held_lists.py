"""The gate lists of the central server, which a hub hands on to its gates as they are signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from checkin.db.models import HeldList
from checkin.services.hub.link import Central

#: after so many changes the list is fetched whole again, so that a new gate has few to follow
_MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class ListToKeep:
    """An answer of the central server, as it is to be kept."""

    since: int
    cursor: int
    epoch: str
    body: bytes


def newest_cursor(session: Session) -> tuple[int, str]:
    """Return the version and the epoch of the newest list that is held; 0 and "" before any.

    The list of an event in which nothing has changed yet has the version 0, too.
    """
    row = session.execute(
        select(HeldList.cursor, HeldList.epoch).order_by(HeldList.cursor.desc()).limit(1)
    ).first()
    return (row.cursor, row.epoch) if row else (0, "")


def fetch_list(session: Session, central: Central) -> ListToKeep | None:
    """Fetch what changed since the newest list that is held, or all of it; None: nothing has."""
    cursor, epoch = newest_cursor(session)
    changes = session.scalar(select(func.count()).select_from(HeldList)) or 0
    is_whole = changes > _MOST_CHANGES
    asked = {} if is_whole or not cursor else {"since": str(cursor), "epoch": epoch}
    body: dict[str, Any] = central.gate_list(asked, "").body
    head = body["head"]
    since, new = int(head["since"] or 0), int(head["cursor"])
    if since and new == since:
        return None
    return ListToKeep(since, new, str(head["epoch"]), _written(body))


def _written(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def keep_list(session: Session, made: ListToKeep) -> None:
    """Keep a list; a whole one replaces all that were held."""
    if not made.since:
        session.execute(delete(HeldList))
    values = {
        "since": made.since,
        "cursor": made.cursor,
        "epoch": made.epoch,
        "body": made.body,
    }
    session.execute(
        insert(HeldList).values(values).on_conflict_do_update(index_elements=["since"], set_=values)
    )


def held_list(session: Session, since: int, epoch: str) -> HeldList | None:
    """Return what a gate that has the list of a version needs next.

    The changes since just that version, else the whole list. None: it has the newest one, or
    nothing is held yet.
    """
    newest, of = newest_cursor(session)
    if since and since == newest and epoch in ("", of):
        return None
    if since and epoch in ("", of):
        changes = session.get(HeldList, since)
        if changes is not None:
            return changes
    return session.get(HeldList, 0)
