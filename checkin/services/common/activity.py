"""Write entries to the activity log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update
from sqlalchemy.orm import Session

from checkin.db.models import Activity
from checkin.services.common.security_log import tell_when_committed


def note(
    session: Session,
    event_id: int | None,
    action: str,
    now: datetime,
    *,
    operator_id: int | None = None,
    device_id: int | None = None,
    participant_id: int | None = None,
    **details: Any,
) -> None:
    """Add an entry to the activity log, in the transaction of the action that it records.

    Args:
        participant_id: whom it is about, where it is about one: it is in their timeline, too.
    """
    session.add(
        Activity(
            event_id=event_id,
            at=now,
            operator_id=operator_id,
            device_id=device_id,
            participant_id=participant_id,
            action=action,
            details=details,
        )
    )
    who = {"event_id": event_id, "operator": operator_id, "device": device_id}
    tell_when_committed(session, action, details | _known(who))


def _known(facts: dict[str, int | None]) -> dict[str, int]:
    return {name: number for name, number in facts.items() if number is not None}


def note_on(
    connection: Connection, event_id: int, action: str, now: datetime, *, details: Any, **who: Any
) -> None:
    """Do as `note` on a bare connection: for scans, where a session's cost would show.

    Args:
        who: operator_id, device_id and participant_id.
    """
    row = {"event_id": event_id, "at": now, "action": action, "details": details, **who}
    connection.execute(insert(Activity), row)


def note_counts(
    session: Session,
    event_id: int,
    action: str,
    now: datetime,
    *,
    entry: int | None,
    operator_id: int | None = None,
    **details: Any,
) -> int:
    """Add the entry of an action that takes many transactions, or bring its counts up to date.

    Args:
        entry: the id that the first of these transactions was given; None in that one.
    """
    if entry is not None:
        session.execute(update(Activity).where(Activity.id == entry).values(details=details))
        return entry
    line = Activity(
        event_id=event_id, at=now, operator_id=operator_id, action=action, details=details
    )
    session.add(line)
    session.flush()
    return line.id
