"""The words of a verdict: what the door says, and why."""

from __future__ import annotations

from dataclasses import dataclass
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
