"""The inputs of a verdict: the facts of a badge when it is read, and the event's entry policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way the person walks."""

    ENTRY = "entry"
    EXIT = "exit"


class RegistrationStatus(StrEnum):
    """The status of a participant's registration."""

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
    """The entry rules that an event's settings define.

    Attributes:
        opens_at: the first instant of the opening hours, grace included; None: always open.
        closes_at: the first instant at which they no longer do, grace included; None: never.
        reserve_from: from this instant people of the reserve list are admitted, too, while the
            delegation has places whose holders have not come; None: never.
        capacity: how many people the hall holds at once; None: not limited.
        stopped: an organiser has ordered all gates to admit nobody, until further notice.
    """

    reentry: Reentry = Reentry.SINGLE
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reserve_from: datetime | None = None
    capacity: int | None = None
    stopped: bool = False

    def is_open(self, at: datetime) -> bool:
        """Say whether the gates admit at a moment: within the opening hours, and not stopped."""
        if self.stopped or (self.opens_at is not None and at < self.opens_at):
            return False
        return self.closes_at is None or at < self.closes_at

    def releases_reserve(self, at: datetime) -> bool:
        """Say whether people of the reserve list are admitted at a moment."""
        return self.reserve_from is not None and at >= self.reserve_from

    def is_full(self, hall_inside: int) -> bool:
        """Say whether the hall has no room for one more, with so many people in it."""
        return self.capacity is not None and hall_inside >= self.capacity


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """The facts of a badge and its gate when it is read.

    Attributes:
        known: the code belongs to a badge of this event, or of another one on this server.
        same_event: the badge belongs to the event of the gate.
        gate_admits: the gate admits the participant's category.
        entries: how often the participant was admitted before (annulled ones do not count).
        inside: the participant was admitted and has not left since.
        places_used: people of the delegation admitted so far, except those whom a supervisor
            admitted without a place; plus places lent to devices.
        hall_inside: people in the hall now, and those for whom devices are lent room in it.
        forced: a supervisor overrides the rules, with a reason.
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

    @property
    def first_time(self) -> bool:
        """Say whether the participant was never admitted before."""
        return self.entries == 0
