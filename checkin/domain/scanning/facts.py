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


class WithoutBadge(StrEnum):
    """Who may admit a registered person who shows no badge.

    supervisors: whoever gives a supervisor's PIN with it.
    """

    NOBODY = "nobody"
    SUPERVISORS = "supervisors"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of one gate, or of the people of one category, in place of the event's.

    Attributes:
        opens_at: the first instant, grace included.
        closes_at: the first instant after them, grace included.
        gate_id, category_id: whose they are; one of the two is None.
    """

    opens_at: datetime
    closes_at: datetime
    gate_id: int | None = None
    category_id: int | None = None

    def include(self, at: datetime) -> bool:
        """Say whether a moment is within these hours."""
        return self.opens_at <= at < self.closes_at


@dataclass(frozen=True, slots=True)
class EntryPolicy:
    """The entry rules that an event's settings define for one of its days.

    Attributes:
        opens_at: the first instant of the opening hours, grace included; None: always open.
        closes_at: the first instant at which they no longer do, grace included; None: never.
        reserve_from: from this instant people of the reserve list are admitted, too, while the
            delegation has places whose holders have not come; None: never.
        capacity: how many people the hall holds at once; None: not limited.
        stopped: an organiser has ordered all gates to admit nobody, until further notice.
        without_badge: who may admit a registered person who shows no badge.
        hours: those that gates and categories have of their own, of all days.
    """

    reentry: Reentry = Reentry.SINGLE
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reserve_from: datetime | None = None
    capacity: int | None = None
    stopped: bool = False
    without_badge: WithoutBadge = WithoutBadge.EVERYONE
    hours: tuple[Hours, ...] = ()

    def is_open(
        self, at: datetime, gate_id: int | None = None, category_id: int | None = None
    ) -> bool:
        """Say whether a gate admits a category at a moment: within the hours, and not stopped.

        Where the gate or the category has hours of its own, these count in place of the event's;
        where both have, the moment must be within those of both.
        """
        if self.stopped:
            return False
        own = self._own_hours(gate_id, category_id)
        if not own:
            return self._doors_are_open(at)
        return all(any(one.include(at) for one in hours) for hours in own)

    def _own_hours(self, gate_id: int | None, category_id: int | None) -> list[list[Hours]]:
        if not self.hours:
            return []
        of_gate = [one for one in self.hours if one.gate_id is not None and one.gate_id == gate_id]
        of_category = [
            one
            for one in self.hours
            if one.category_id is not None and one.category_id == category_id
        ]
        return [hours for hours in (of_gate, of_category) if hours]

    def _doors_are_open(self, at: datetime) -> bool:
        if self.opens_at is not None and at < self.opens_at:
            return False
        return self.closes_at is None or at < self.closes_at

    def releases_reserve(self, at: datetime) -> bool:
        """Say whether people of the reserve list are admitted at a moment."""
        return self.reserve_from is not None and at >= self.reserve_from

    def is_full(self, hall_inside: int) -> bool:
        """Say whether the hall has no room for one more, with so many people in it."""
        return self.capacity is not None and hall_inside >= self.capacity

    def needs_badge(self, *, supervised: bool) -> bool:
        """Say whether a person who shows no badge is refused for it.

        Args:
            supervised: a supervisor has given their PIN.
        """
        permitted = {WithoutBadge.EVERYONE}
        if supervised:
            permitted.add(WithoutBadge.SUPERVISORS)
        return self.without_badge not in permitted


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """The facts of a badge and its gate when it is read.

    Attributes:
        known: the code belongs to a badge of this event, or of another one on this server.
        same_event: the badge belongs to the event of the gate.
        gate_admits: the gate admits the participant's category.
        gate_id, category_id: of the gate and of the participant, by which hours are looked up;
            None: not known.
        entries: how often the participant was admitted before on the same day of the event
            (annulled admissions do not count).
        inside: the participant was admitted on this day and has not left since.
        places_used: people of the delegation admitted so far on this day, except those whom a
            supervisor admitted without a place; plus places lent to devices.
        hall_inside: people in the hall now, and those for whom devices are lent room in it.
        forced: a supervisor overrides the rules, with a reason.
        badge_shown: the person shows the badge; else they were found in a list.
        supervised: a supervisor has given their PIN, whether or not it overrides anything.
    """

    known: bool = True
    same_event: bool = True
    badge_revoked: bool = False
    standing: RegistrationStatus = RegistrationStatus.CONFIRMED
    blocked: bool = False
    gate_admits: bool = True
    gate_id: int | None = None
    category_id: int | None = None
    entries: int = 0
    inside: bool = False
    places_used: int = 0
    quota: int = 1
    hall_inside: int = 0
    direction: Direction = Direction.ENTRY
    forced: bool = False
    badge_shown: bool = True
    supervised: bool = False

    @property
    def first_time(self) -> bool:
        """Say whether the participant was not admitted before on this day."""
        return self.entries == 0
