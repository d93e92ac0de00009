"""What an organiser decides of history that contradicts itself: once, with a word of why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from checkin.db.models import Conflict, Duplicate
from checkin.errors import Conflict as Contradiction
from checkin.errors import InvalidRequest


class Decision(StrEnum):
    """What becomes of it.

    KEEP: what happened stays as it was counted. ANNUL: what should not have been counted is taken
    back.
    """

    KEEP = "keep"
    ANNUL = "annul"


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
