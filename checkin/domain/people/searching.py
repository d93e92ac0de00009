"""Decide when a device may search for names, and how many people it may still be shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: so many people does one search show; of the others it tells only how many there are
SHOWN_AT_ONCE = 5
#: whoever is let in so soon was looked for in order to be let in, and costs nothing
LET_IN_WITHIN = timedelta(minutes=2)
#: the time for which a budget is meant
BUDGET_LASTS = timedelta(hours=1)
#: so many budgets' worth of people costs nothing within an hour; whoever else is let in counts. It
#: is more than a gate lets in by searching (at 60 one person every six seconds), and it ends what
#: somebody could read out who holds the codes of many badges.
GIVEN_BACK_AT_MOST = 10
#: people an hour, unless the event says otherwise
GATE_BUDGET, DESK_BUDGET = 60, 600
#: half an hour's budget within so short a time is told to the organisers
UNUSUAL_WITHIN = timedelta(minutes=10)
#: where an event has no doors, searches begin so long before it begins
BEFORE_THE_EVENT = timedelta(hours=3)


class NoSearch(StrEnum):
    """Why a device may not search now."""

    DEVICE = "device"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SearchRules:
    """What a device may search for names.

    Attributes:
        allowed: this device may search at all.
        while_closed: the organiser lets devices search also while the doors are closed.
        open_times: when the doors open and close, of each day, and of gates and categories that
            have hours of their own; none: always open.
        budget: people an hour whom the device may be shown without letting them in.
    """

    allowed: bool = True
    while_closed: bool = False
    open_times: Sequence[tuple[datetime, datetime]] = ()
    budget: int = GATE_BUDGET

    def refusal(self, at: datetime) -> NoSearch | None:
        """Return why the device may not search at a moment; None if it may."""
        if not self.allowed:
            return NoSearch.DEVICE
        is_open = not self.open_times or self.open_time(at) is not None
        return None if self.while_closed or is_open else NoSearch.CLOSED

    def open_time(self, at: datetime) -> tuple[datetime, datetime] | None:
        """Return when the doors that are open at a moment opened and close; None: none are."""
        return next((one for one in self.open_times if one[0] <= at < one[1]), None)


@dataclass(frozen=True, slots=True)
class Showing:
    """A person whom a search has shown on a device.

    Attributes:
        let_in_at: when they were next let in by their badge's code, at whichever gate; None: not
            since.
    """

    participant_id: int
    shown_at: datetime
    let_in_at: datetime | None = None

    @property
    def is_counted(self) -> bool:
        """Say whether it counts: the person was not let in soon after, or not yet."""
        return self.let_in_at is None or self.let_in_at > self.shown_at + LET_IN_WITHIN


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of a device's budget is used up.

    Attributes:
        showings: the people whom the device was shown within the time of a budget, each once.
        granted_at: since when a supervisor lets the device be shown as many people again.
    """

    showings: Sequence[Showing]
    granted_at: datetime | None = None

    def counted(self, budget: int) -> list[Showing]:
        """Return the people who count against a budget, the earliest first."""
        found = sorted(filter(self._is_after_grant, self.showings), key=lambda one: one.shown_at)
        soon = [one for one in found if not one.is_counted]
        given_back = set(soon[: GIVEN_BACK_AT_MOST * budget])
        return [one for one in found if one not in given_back]

    def wait(self, people: Iterable[int], budget: int, now: datetime) -> timedelta | None:
        """Return how long to wait before these people may be shown; None if they may be now.

        People who count already count no further. With an empty budget nothing is searched, so
        that nobody learns by it whether there is somebody to be found.
        """
        counted, new = self._counted_and_new(people, budget)
        if len(counted) < budget and len(counted) + len(new) <= budget:
            return None
        first = counted[0].shown_at if counted else now
        return first + BUDGET_LASTS - now

    def cost_of_refusal(self, people: Iterable[int], budget: int) -> list[int]:
        """Return whom a search counts that found these people and was refused: one of them.

        Where the refusal cost nothing, it would tell for nothing that there is somebody. With an
        empty budget every search is refused, and counts nobody.
        """
        counted, new = self._counted_and_new(people, budget)
        return new[:1] if len(counted) < budget else []

    def recently(self, now: datetime) -> int:
        """Return how many people were shown within the last minutes and not let in."""
        return sum(one.is_counted and one.shown_at > now - UNUSUAL_WITHIN for one in self.showings)

    def _counted_and_new(
        self, people: Iterable[int], budget: int
    ) -> tuple[list[Showing], list[int]]:
        counted = self.counted(budget)
        known = {one.participant_id for one in counted}
        return counted, [one for one in dict.fromkeys(people) if one not in known]

    def _is_after_grant(self, showing: Showing) -> bool:
        return self.granted_at is None or showing.shown_at >= self.granted_at


def is_unusual(recently: int, budget: int) -> bool:
    """Say whether so many people within the last minutes are a pace to be told of."""
    return recently > max(budget // 2, SHOWN_AT_ONCE)
