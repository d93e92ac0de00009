"""The sentences that tell a volunteer the verdict, the same online and offline."""

from __future__ import annotations

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import ROWS, Reason
from checkin.domain.scanning.verdict import Status
from checkin.words.catalogues import msgid, say

_ADMITTED = msgid("Welcome")
_LEFT = msgid("Exit recorded")
_PENDING = msgid("Noted offline, to be confirmed")


def verdict_message(
    status: Status | str,
    reason: Reason | str | None,
    language: str,
    direction: Direction | str = Direction.ENTRY,
) -> str:
    """Return the sentence for a verdict; an unknown language reads the default."""
    if status == Status.OK or reason is None:
        return say("device", language, _LEFT if direction == Direction.EXIT else _ADMITTED)
    return refusal_message(reason, language)


def refusal_message(reason: Reason | str, language: str) -> str:
    """Return the sentence of a refusal for a reason."""
    return say("device", language, ROWS[reason].refused)


def let_in_message(reason: Reason | str, language: str) -> str:
    """Return the sentence of a conflict: a gate let a person in despite a reason to refuse."""
    return say("device", language, ROWS[reason].let_in)


def pending_message(language: str) -> str:
    """Return the sentence for a person who is let in before the server has confirmed it."""
    return say("device", language, _PENDING)
