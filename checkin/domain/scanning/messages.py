"""The sentences that tell a volunteer the verdict, the same online and offline."""

from __future__ import annotations

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.next_steps import act_message
from checkin.domain.scanning.reasons import ROWS, Reason, step_for
from checkin.domain.scanning.verdict import Status
from checkin.words.catalogues import msgid, say

_ADMITTED = msgid("Welcome")
_LEFT = msgid("Exit recorded")
_PENDING = msgid("Let pass: noted offline")
_REFUSED = msgid("{reason}: {act}")
#: why a search is refused; told with the minutes to wait
BUDGET_USED_UP = msgid(
    "This device was shown as many people as it may be in an hour. Wait {minutes} min, or let a "
    "supervisor type their PIN."
)


def verdict_message(
    status: Status | str,
    reason: Reason | str | None,
    language: str,
    direction: Direction | str = Direction.ENTRY,
    *,
    act: str = "",
) -> str:
    """Return the sentence for a verdict, of a refusal with its act.

    An unknown language reads the default.

    Args:
        act: of a refusal's step, if it is known better than by the reason alone.
    """
    if status == Status.OK or reason is None:
        return say("device", language, _LEFT if direction == Direction.EXIT else _ADMITTED)
    said = {"reason": refusal_message(reason, language), "act": act or usual_act(reason, language)}
    return say("device", language, _REFUSED, **said)


def usual_act(reason: Reason | str, language: str) -> str:
    """Return what a volunteer does after a refusal of which only the reason is known."""
    return act_message(step_for(reason), language)


def refusal_message(reason: Reason | str, language: str) -> str:
    """Return a reason in two or three words, without the act: for lists and counts."""
    return say("device", language, ROWS[reason].refused)


def let_in_message(reason: Reason | str, language: str) -> str:
    """Return the sentence of a conflict: a gate let a person in despite a reason to refuse."""
    return say("device", language, ROWS[reason].let_in)


def pending_message(language: str) -> str:
    """Return the sentence for a person who is let in before the server has confirmed it."""
    return say("device", language, _PENDING)


def budget_message(minutes: int, language: str) -> str:
    """Return the sentence for a device that may be shown nobody for so many minutes."""
    return say("device", language, BUDGET_USED_UP, minutes=minutes)
