"""Where a verdict is decided: facts in, verdict out.

The server, the offline scanner and the web page's worker decide by the same rules; the page's are
held to these by `tests/vectors/admission.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Does the gate open?"""

    OK = "ok"
    ERROR = "error"


class Direction(StrEnum):
    """Which way the person walks."""

    ENTRY = "entry"
    EXIT = "exit"


class Source(StrEnum):
    """What read the code."""

    CAMERA = "camera"
    WEDGE = "wedge"
    TYPED = "typed"
    PAPER = "paper"


class Reason(StrEnum):
    """Why a scan was refused, the most serious first: `decide` reports the first that applies."""

    INVALID = "invalid"
    WRONG_EVENT = "wrong_event"
    REVOKED = "revoked"
    CANCELED = "canceled"
    BLOCKED = "blocked"
    WRONG_GATE = "wrong_gate"
    INVALID_TIME = "invalid_time"
    UNAPPROVED = "unapproved"
    ALREADY_REDEEMED = "already_redeemed"
    QUOTA_EXCEEDED = "quota_exceeded"
    CAPACITY_EXCEEDED = "capacity_exceeded"
    CHECKOUT_REQUIRED = "checkout_required"


#: the person is in already: an amber verdict (↺) and not a red one (✗), at every door
ALREADY_IN = frozenset({Reason.ALREADY_REDEEMED, Reason.CHECKOUT_REQUIRED})


@dataclass(frozen=True, slots=True)
class Admitted:
    """The gate opens.

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
    """The gate stays closed."""

    reason: Reason

    status = Status.ERROR


Verdict = Admitted | Refused


class RegistrationStatus(StrEnum):
    """Where a participant stands in the delegation."""

    CONFIRMED = "confirmed"
    RESERVE = "reserve"
    CANCELED = "canceled"


class Reentry(StrEnum):
    """When someone who was admitted may be admitted again.

    single: never. after_exit: once their exit was scanned. free: at any time.
    """

    SINGLE = "single"
    AFTER_EXIT = "after_exit"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class EntryPolicy:
    """What an event has laid down.

    Attributes:
        opens_at: the first instant at which the doors admit, grace included; None: always open.
        closes_at: the first instant at which they no longer do, grace included; None: never.
        reserve_from: from this instant people of the reserve list are admitted too, while the
            delegation has places that nobody came for; None: never.
        capacity: how many people the hall holds at once; None: not limited.
        stopped: an organiser has ordered all gates to admit nobody, until further notice.
    """

    reentry: Reentry = Reentry.SINGLE
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reserve_from: datetime | None = None
    capacity: int | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What is known of a badge and its gate when it is read.

    Attributes:
        known: the code belongs to a badge of this event or another one here.
        same_event: the badge belongs to the event of the gate.
        gate_admits: the gate takes the participant's category.
        entries: how often the participant was admitted before (annulled ones do not count).
        inside: the participant was admitted and has not left since.
        places_used: people of the delegation admitted so far, those apart for whom a supervisor
            answered although they had no place; and places lent to devices.
        hall_inside: people in the hall now, and those for whom devices are lent room in it.
        forced: a supervisor answers for it, with a reason.
    """

    known: bool = True
    same_event: bool = True
    badge_revoked: bool = False
    standing: RegistrationStatus = RegistrationStatus.CONFIRMED
    blocked: bool = False
    gate_admits: bool = True
    entries: int = 0
    inside: bool = False
    places_used: int = 0
    quota: int = 1
    hall_inside: int = 0
    direction: Direction = Direction.ENTRY
    forced: bool = False


# What a supervisor may answer for: not for a code that is not ours, a revoked badge or a canceled
# registration, because nobody stands behind those.
FORCEABLE = frozenset(
    {
        Reason.BLOCKED,
        Reason.WRONG_GATE,
        Reason.INVALID_TIME,
        Reason.UNAPPROVED,
        Reason.ALREADY_REDEEMED,
        Reason.QUOTA_EXCEEDED,
        Reason.CAPACITY_EXCEEDED,
        Reason.CHECKOUT_REQUIRED,
    }
)


def decide(facts: ScanFacts, at: datetime, policy: EntryPolicy) -> Verdict:
    """Decide whether a scan opens the gate.

    The most serious reason wins, so a revoked badge is never reported as merely early.

    Args:
        at: when the badge was read, timezone-aware, corrected for the device's clock skew.
    """
    if facts.direction == Direction.EXIT:
        return _decide_exit(facts)
    objections = _objections(facts, at, policy)
    for reason in objections:
        if not (facts.forced and _may_be_set_aside(reason, policy)):
            return Refused(reason)
    # Someone who never left is counted in already, whatever the policy or the supervisor says.
    entry_no = None if facts.inside else facts.entries + 1
    return Admitted(entry_no=entry_no, overridden=tuple(objections))


def _may_be_set_aside(reason: Reason, policy: EntryPolicy) -> bool:
    # A supervisor at one gate does not know why all of them were stopped.
    return reason in FORCEABLE and not (policy.stopped and reason == Reason.INVALID_TIME)


def _decide_exit(facts: ScanFacts) -> Verdict:
    # Nobody is kept in the hall by a rule: only a code that names no one here is refused.
    if not facts.known:
        return Refused(Reason.INVALID)
    if not facts.same_event:
        return Refused(Reason.WRONG_EVENT)
    return Admitted()


def _objections(facts: ScanFacts, at: datetime, policy: EntryPolicy) -> list[Reason]:
    """Return every reason against the entry, the most serious first."""
    if not facts.known:
        return [Reason.INVALID]
    if not facts.same_event:
        return [Reason.WRONG_EVENT]
    first_time = facts.entries == 0
    reserve = facts.standing == RegistrationStatus.RESERVE
    released = policy.reserve_from is not None and at >= policy.reserve_from
    hall_full = policy.capacity is not None and facts.hall_inside >= policy.capacity
    against = {
        Reason.REVOKED: facts.badge_revoked,
        Reason.CANCELED: facts.standing == RegistrationStatus.CANCELED,
        Reason.BLOCKED: facts.blocked,
        Reason.WRONG_GATE: not facts.gate_admits,
        Reason.INVALID_TIME: policy.stopped or not _open(policy, at),
        Reason.UNAPPROVED: reserve and first_time and not released,
        Reason.ALREADY_REDEEMED: policy.reentry == Reentry.SINGLE and not first_time,
        Reason.QUOTA_EXCEEDED: first_time and facts.places_used >= facts.quota,
        Reason.CAPACITY_EXCEEDED: not facts.inside and hall_full,
        Reason.CHECKOUT_REQUIRED: policy.reentry == Reentry.AFTER_EXIT and facts.inside,
    }
    return [reason for reason, applies in against.items() if applies]


def _open(policy: EntryPolicy, at: datetime) -> bool:
    if policy.opens_at is not None and at < policy.opens_at:
        return False
    return policy.closes_at is None or at < policy.closes_at


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
    return facts.standing == RegistrationStatus.CONFIRMED and facts.places_used < facts.quota
