"""The figures of an event: what each of them counts, and how they sum. Pure.

Every screen, report, export and interface reads its figures here; `docs/figures.md` explains them
in words. All of them are of one day of the event, for the whole event or for a part of it, but for
`Attendance`, which is of all its days.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import reduce
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Figures:
    """The people of an event, of a delegation, or of another part.

    Attributes:
        quota: the places of the delegations.
        registered: confirmed participants. Each holds a place.
        waiting: participants on the reserve list, come in or not.
        arrived: people who have come in, each counted once, whatever their registration is now.
        arrived_reserve: of these, those who are on the reserve list.
        arrived_canceled: of these, those whose registration is canceled.
        others_with_place: of these two kinds, those who came in on a place of the quota.
        without_place: those of `arrived` whom a supervisor let in without a place of the quota.
        inside: people who have come in and have not left; between two days the hall is empty.
        last_arrival_at: when the last of `arrived` came in; None while nobody has.
    """

    quota: int = 0
    registered: int = 0
    waiting: int = 0
    arrived: int = 0
    arrived_reserve: int = 0
    arrived_canceled: int = 0
    others_with_place: int = 0
    without_place: int = 0
    inside: int = 0
    last_arrival_at: datetime | None = None

    def with_unchecked(self, confirmed: int, reserve: int) -> Figures:
        """Return the figures as a coordinator sees them, who does not know who is to be checked.

        Args:
            confirmed, reserve: how many seem to be so, and are to be checked.
        """
        waiting = self.waiting + reserve
        return replace(self, registered=self.registered + confirmed, waiting=waiting)

    @property
    def arrived_others(self) -> int:
        """People who have come in and are not registered: on the reserve list, or canceled."""
        return self.arrived_reserve + self.arrived_canceled

    @property
    def arrived_registered(self) -> int:
        """Registered people who have come in."""
        return self.arrived - self.arrived_others

    @property
    def missing(self) -> int:
        """Registered people who have not come in."""
        return still_missing(self.registered, self.arrived_registered)

    @property
    def expected(self) -> int:
        """All who have come in or still may: `arrived` and `missing`."""
        return self.arrived + self.missing

    @property
    def percent(self) -> int:
        """The share of the registered who have come in, rounded down: 100 means all of them."""
        return share(self.arrived_registered, self.registered)

    @property
    def taken(self) -> int:
        """Places that are not free: of the registered, and of others who came in on one.

        More than the quota where places of people who had not come were given a second time.
        """
        return self.registered + self.others_with_place

    def counts(self) -> dict[str, int]:
        """Return the figures that the interfaces tell, by name."""
        return {name: getattr(self, name) for name in TOLD}

    def __add__(self, other: Figures) -> Figures:
        """Return the figures of two parts together."""
        last = latest(self.last_arrival_at, other.last_arrival_at)
        counts = {name: getattr(self, name) + getattr(other, name) for name in _COUNTED}
        return Figures(**counts, last_arrival_at=last)


#: what the interfaces tell of an event and of each delegation
TOLD = (
    *("quota", "registered", "waiting", "arrived", "arrived_registered", "arrived_reserve"),
    *("arrived_canceled", "arrived_others", "missing", "inside", "without_place"),
)
_COUNTED = tuple(field.name for field in fields(Figures) if field.name != "last_arrival_at")


def latest(*moments: datetime | None) -> datetime | None:
    """Return the latest of some moments; None where there is none."""
    return max((moment for moment in moments if moment), default=None)


def together(parts: Iterable[Figures]) -> Figures:
    """Return the figures of several parts together, of which nobody is in two."""
    return reduce(Figures.__add__, parts, Figures())


def still_missing(expected: int, came: int) -> int:
    """Return how many have not come in, of the people who are expected.

    Args:
        came: how many of these people have come in; others do not count.
    """
    return expected - came


def share(part: int, whole: int) -> int:
    """Return a share in percent, rounded down; 0 of nothing."""
    return 100 * part // whole if whole else 0


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Some of the people who have come in, and who they are now.

    Attributes:
        registered, reserve, canceled: by their registration; they sum to `all`.
        overrides: those of `all` whom a supervisor let in against the rules.
        walk_ins: those of `all` who were registered at a gate.
    """

    registered: int = 0
    reserve: int = 0
    canceled: int = 0
    overrides: int = 0
    walk_ins: int = 0

    @property
    def all(self) -> int:
        """How many people they are."""
        return self.registered + self.reserve + self.canceled

    def __add__(self, other: Arrivals) -> Arrivals:
        """Return the arrivals of two groups together."""
        names = (field.name for field in fields(Arrivals))
        return Arrivals(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class CategoryArrivals:
    """A category, how many of it are registered, and who of it has come on a day."""

    name: str
    name_ar: str | None
    registered: int
    arrivals: Arrivals

    @property
    def missing(self) -> int:
        """Registered people of the category who have not come in."""
        return still_missing(self.registered, self.arrivals.registered)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who of an event, or of a part of it, has come on its days: people, and their arrivals.

    Attributes:
        people: whoever has come on any day, each once; None where their data are erased.
        by_day: the arrivals of each day in their order: who came on two days is in two of them.
        registered: confirmed participants; 0 for a gate, for which nobody is registered.
    """

    people: Arrivals | None
    by_day: tuple[int, ...]
    registered: int = 0

    @property
    def arrivals(self) -> int:
        """The arrivals of all days together."""
        return sum(self.by_day)

    @property
    def arrived_registered(self) -> int:
        """Registered people who have come on any day."""
        return self.people.registered if self.people else 0

    @property
    def missing(self) -> int:
        """Registered people who have come on no day."""
        return still_missing(self.registered, self.arrived_registered)

    @property
    def percent(self) -> int:
        """The share of the registered who have come on any day, as in `Figures`."""
        return share(self.arrived_registered, self.registered)


@dataclass(frozen=True, slots=True)
class ArrivalGroup:
    """The people of one delegation and category who came in at one gate within one hour.

    Attributes:
        category_id: None where the data of the people are erased.
        hour_at: when the hour began.
    """

    delegation_id: int
    category_id: int | None
    gate_id: int
    hour_at: datetime
    arrivals: Arrivals


def arrivals_by(
    groups: Iterable[ArrivalGroup], key: Callable[[ArrivalGroup], Key]
) -> Mapping[Key, Arrivals]:
    """Return the sums of the groups that have a key in common."""
    sums: dict[Key, Arrivals] = {}
    for group in groups:
        sums[key(group)] = sums.get(key(group), Arrivals()) + group.arrivals
    return sums
