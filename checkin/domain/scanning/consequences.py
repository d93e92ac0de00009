"""What a verdict does to the counts."""

from __future__ import annotations

from dataclasses import dataclass

from checkin.domain.scanning.verdict import ScanFacts, Standing
from checkin.domain.scanning.verdicts import Admitted, Direction, Reason, Verdict

#: A supervisor's word against one of these lets in somebody without a place.
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

    @property
    def only_admits(self) -> bool:
        """Say whether there is nothing to write beside the scan and an admission."""
        return not (self.leaves or self.refusal or self.conflict)


def consequence(facts: ScanFacts, verdict: Verdict, *, let_in: bool = False) -> Consequence:
    """Return what a verdict changes.

    Args:
        let_in: a device offline has let the person in already. They are in the hall, so they are
            counted there, and once as arrived, whatever the verdict is.
    """
    if isinstance(verdict, Admitted):
        if facts.direction == Direction.EXIT:
            return Consequence(leaves=True)
        without_place = verdict.entry_no == 1 and not _WITHOUT_PLACE.isdisjoint(verdict.overridden)
        return Consequence(entry_no=verdict.entry_no, without_place=without_place)
    if not let_in:
        return Consequence(refusal=True)
    ours = facts.known and facts.same_event
    enters = ours and facts.direction == Direction.ENTRY and not facts.inside
    return Consequence(
        entry_no=facts.entries + 1 if enters else None,
        without_place=enters and facts.entries == 0 and not _has_place(facts),
        conflict=True,
    )


def _has_place(facts: ScanFacts) -> bool:
    # Whatever the reason to refuse them was: who is let in against it takes nobody else's place.
    return facts.standing == Standing.CONFIRMED and facts.places_used < facts.quota
