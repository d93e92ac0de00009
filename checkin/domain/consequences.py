"""What a verdict does to the counts."""

from __future__ import annotations

from dataclasses import dataclass

from checkin.domain.admission import ScanFacts
from checkin.domain.verdicts import Admitted, Direction, Reason, Verdict

#: A supervisor's word, or a door offline, against one of these lets in somebody without a place.
_WITHOUT_PLACE = frozenset({Reason.UNAPPROVED, Reason.QUOTA_EXCEEDED})


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one scan changes.

    Attributes:
        entry_no: the admission to record; 1 is the person's arrival. None: nobody is counted in.
        without_place: the arrival takes no place of the quota.
        leaves: the person is counted out, if they were inside.
        refusal: the gate counts a refusal.
        conflict: a device offline let the person in, and the rules would not have.
    """

    entry_no: int | None = None
    without_place: bool = False
    leaves: bool = False
    refusal: bool = False
    conflict: bool = False


def consequence(facts: ScanFacts, verdict: Verdict, *, let_in: bool = False) -> Consequence:
    """Return what a verdict changes.

    Args:
        let_in: a device offline has let the person in already. They are in the hall, so they are
            counted, once, whatever the verdict is.
    """
    if isinstance(verdict, Admitted):
        if facts.direction == Direction.EXIT:
            return Consequence(leaves=True)
        without_place = verdict.entry_no == 1 and not _WITHOUT_PLACE.isdisjoint(verdict.overridden)
        return Consequence(entry_no=verdict.entry_no, without_place=without_place)
    if not let_in:
        return Consequence(refusal=True)
    ours = facts.known and facts.same_event
    arrives = ours and facts.direction == Direction.ENTRY and facts.entries == 0
    return Consequence(
        entry_no=1 if arrives else None,
        without_place=arrives and verdict.reason in _WITHOUT_PLACE,
        conflict=True,
    )
