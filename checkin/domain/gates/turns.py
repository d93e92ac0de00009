"""How two copies of one device's folder are found out: by turns that have to rise.

A device counts its heartbeats on its disk, and names the run of its program with each. A copy of
that disk counts on from where it was made, so that one of the two names a turn that the other has
used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Turn:
    """A heartbeat of a device: its number, and the run of the program that counted it."""

    number: int
    run: str


class TurnSight(StrEnum):
    """What a turn tells.

    NEXT: it goes on. REPEATED: an answer was lost, and the same run asks again. BEGUN_ANEW: it
    counts from the beginning: its memory is another one. COPIED: another run has used this turn.
    """

    NEXT = "next"
    REPEATED = "repeated"
    BEGUN_ANEW = "begun_anew"
    COPIED = "copied"


def sight_of(known: Turn | None, told: Turn) -> TurnSight:
    """Return what a turn tells after the highest that is known."""
    if known is None or told.number > known.number:
        return TurnSight.NEXT
    if told.run == known.run:
        return TurnSight.REPEATED
    return TurnSight.BEGUN_ANEW if told.number == 1 else TurnSight.COPIED
