"""Where a verdict is decided: facts in, verdict out.

The server, the offline scanner and the web page's worker decide by the same rules; the page's are
held to these by `tests/vectors/admission.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkin.domain.scanning.verdicts import Admitted, Direction, Reason, Refused, Verdict


class Standing(StrEnum):
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
    standing: Standing = Standing.CONFIRMED
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
    reserve = facts.standing == Standing.RESERVE
    released = policy.reserve_from is not None and at >= policy.reserve_from
    hall_full = policy.capacity is not None and facts.hall_inside >= policy.capacity
    against = {
        Reason.REVOKED: facts.badge_revoked,
        Reason.CANCELED: facts.standing == Standing.CANCELED,
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
