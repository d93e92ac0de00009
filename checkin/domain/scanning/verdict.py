"""Decide the verdict of a scan, and what it changes: facts in, values out.

The server and the offline scanner use this module. The scan page decides by the same rules in
JavaScript, which are tested against these by `tests/vectors/admission.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkin.domain.scanning.facts import (
    Direction,
    EntryPolicy,
    RegistrationStatus,
    ScanFacts,
)
from checkin.domain.scanning.reasons import REASONS, ROWS, Reason, ReasonRow


class Status(StrEnum):
    """Whether the gate admits or refuses."""

    OK = "ok"
    ERROR = "error"


class Source(StrEnum):
    """How the code was read, or in which list a person without a badge was found."""

    CAMERA = "camera"
    WEDGE = "wedge"
    TYPED = "typed"
    PAPER = "paper"
    SEARCH = "search"
    BUS = "bus"


#: the sources of scans that name a person instead of a badge
WITHOUT_BADGE = frozenset({Source.SEARCH, Source.BUS})


@dataclass(frozen=True, slots=True)
class Admitted:
    """The verdict to admit.

    Attributes:
        entry_no: which entry of this participant this is (1 is the arrival), or None when nobody
            is counted: an exit, or a further entry of someone already inside.
        overridden: the reasons that a supervisor set aside, the most serious first.
    """

    entry_no: int | None = None
    overridden: tuple[Reason, ...] = ()

    status = Status.OK
    reason: None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The verdict to refuse, for a reason."""

    reason: Reason

    status = Status.ERROR


Verdict = Admitted | Refused


def decide(facts: ScanFacts, at: datetime, policy: EntryPolicy) -> Verdict:
    """Decide whether a scan opens the gate.

    The most serious reason wins, so a revoked badge is never reported as merely early.

    Args:
        at: when the badge was read, timezone-aware, corrected for the device's clock skew.
    """
    if facts.direction == Direction.EXIT:
        return _decide_exit(facts)
    overridden = []
    for row in REASONS:
        if row.applies(facts, at, policy):
            if not (facts.forced and _may_be_set_aside(row, policy)):
                return Refused(row.reason)
            overridden.append(row.reason)
    # Someone who never left is counted in already, whatever the policy or the supervisor says.
    entry_no = None if facts.inside else facts.entries + 1
    return Admitted(entry_no=entry_no, overridden=tuple(overridden))


def _decide_exit(facts: ScanFacts) -> Verdict:
    # Nobody is kept in the hall by a rule: only a code that names no one here is refused.
    if not facts.known:
        return Refused(Reason.INVALID)
    if not facts.same_event:
        return Refused(Reason.WRONG_EVENT)
    return Admitted()


def _may_be_set_aside(row: ReasonRow, policy: EntryPolicy) -> bool:
    # A supervisor at one gate does not know why all of them were stopped.
    return row.forceable and not (policy.stopped and row.reason == Reason.INVALID_TIME)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one scan changes.

    Attributes:
        entry_no: the admission to record; 1 is the person's arrival. None: nobody is counted in.
        without_place: the arrival takes no place of the quota.
        on_loan: the arrival takes a place that was lent to the device.
        leaves: the person is counted out, if they were inside.
        refusal: a refusal is counted for the gate.
        conflict: an offline device let the person in, and the rules would not have.
    """

    entry_no: int | None = None
    without_place: bool = False
    on_loan: bool = False
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
        let_in: an offline device has let the person in already. They are in the hall, so they are
            counted there, and once as arrived, whatever the verdict is.
    """
    if isinstance(verdict, Admitted):
        if facts.direction == Direction.EXIT:
            return Consequence(leaves=True)
        arrives = verdict.entry_no == 1
        without_place = arrives and any(ROWS[one].without_place for one in verdict.overridden)
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
    return facts.standing == RegistrationStatus.CONFIRMED and facts.places_used < facts.quota
