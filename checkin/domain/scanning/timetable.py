"""What is laid down for each day of an event, and when a gate is open. Pure.

The scan page has the same rules in `checkin/static/js/offline/days.js`; both are tested by
`tests/vectors/days.json` and `tests/vectors/doors.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checkin.domain.events.days import Day, bounds_of, day_of
from checkin.domain.scanning.facts import EntryPolicy

#: so long before a gate opens people wait at it; whoever comes earlier is told to come back
LONGEST_WAIT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Doors:
    """Whether a gate is open, for all or for the people of a category.

    Attributes:
        until: when that changes; None: it is not planned to.
    """

    is_open: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Opening:
    """When a gate that is closed to somebody opens to them.

    Attributes:
        at: None: it does no more, or nobody knows when.
        is_later: so late that nobody waits for it at the gate.
        is_never: it does no more.
    """

    at: datetime | None = None
    is_later: bool = False
    is_never: bool = False


NOT_CLOSED = Opening()


def policy_of_day(policy: EntryPolicy, day: Day) -> EntryPolicy:
    """Return an event's policy with what is laid down for one of its days."""
    return replace(
        policy, opens_at=day.opens_at, closes_at=day.closes_at, reserve_from=day.reserve_from
    )


def doors_at(
    policy: EntryPolicy,
    days: Sequence[Day],
    at: datetime,
    gate_id: int | None = None,
    category_id: int | None = None,
) -> Doors:
    """Return whether a gate admits a category at a moment, and when that changes.

    While entries are stopped nothing is open, until an organiser says so.
    """

    def is_open(moment: datetime) -> bool:
        of_day = policy_of_day(policy, day_of(days, moment))
        return of_day.is_open(moment, gate_id, category_id)

    now, later = is_open(at), sorted(one for one in _changes(policy, days) if one > at)
    return Doors(now, next((one for one in later if is_open(one) != now), None))


def opening_after(
    policy: EntryPolicy,
    days: Sequence[Day],
    at: datetime,
    gate_id: int | None = None,
    category_id: int | None = None,
) -> Opening:
    """Return when a gate opens to a category, from a moment on.

    While entries are stopped nobody knows: an organiser may end that at any time.
    """
    doors = doors_at(policy, days, at, gate_id, category_id)
    opens_at = at if doors.is_open else doors.until
    return Opening(
        opens_at,
        is_later=opens_at is not None and opens_at - at > LONGEST_WAIT,
        is_never=opens_at is None and not policy.stopped,
    )


def _changes(policy: EntryPolicy, days: Sequence[Day]) -> Iterator[datetime]:
    """Yield the moments at which a gate may open or close, in any order."""
    for day in days:
        begins, _ends = bounds_of(days, day.number)
        yield from (one for one in (begins, day.opens_at, day.closes_at) if one is not None)
    for hours in policy.hours:
        yield from (hours.opens_at, hours.closes_at)
