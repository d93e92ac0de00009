"""What an organiser decides of history that contradicts itself: once, with a word of why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from checkin.db.models import Conflict, Duplicate, Event, Operator
from checkin.errors import Conflict as Contradiction
from checkin.errors import InvalidRequest


class Decision(StrEnum):
    """What becomes of it.

    KEEP: what happened stays as it was counted. ANNUL: what should not have been counted is taken
    back.
    """

    KEEP = "keep"
    ANNUL = "annul"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a list shows of a decision: when, by whom and why; None while it waits."""

    decision: Decision | None
    note: str | None
    decided_at: datetime | None
    decided_by: str | None


def decisions_on(kind: type[Conflict] | type[Duplicate], event: Event) -> Any:
    """Return the query for one kind of an event and who decided: those that wait first."""
    return (
        select(kind, Operator.name.label("decided_by"))
        .outerjoin(Operator, Operator.id == kind.decided_by)
        .where(kind.event_id == event.id)
        .order_by(kind.decided_at.is_not(None))
    )


def decided(what: Conflict | Duplicate, row: Any) -> dict[str, Any]:
    """Return the fields of `Decided` for a row of `decisions_on`."""
    return {
        "decision": Decision(what.decision) if what.decision else None,
        "note": what.note,
        "decided_at": what.decided_at,
        "decided_by": row.decided_by,
    }


def word_of_why(note: str) -> str:
    """Return the note without what surrounds it.

    Raises:
        InvalidRequest: no word is said of why.
    """
    if not note.strip():
        raise InvalidRequest("say in a few words why it is decided so")
    return note.strip()


def is_decided(row: Conflict | Duplicate, decision: Decision, number: int) -> bool:
    """Say whether it was decided so before.

    Raises:
        Conflict: it was decided otherwise.
    """
    if row.decided_at is None:
        return False
    if row.decision != decision:
        raise Contradiction(f"no. {number} was decided already: {row.decision}")
    return True


def write_decision(
    row: Conflict | Duplicate, decision: Decision, note: str, operator_id: int, now: datetime
) -> None:
    """Keep what was decided, by whom and why."""
    row.decision, row.note = decision, note
    row.decided_by, row.decided_at = operator_id, now
