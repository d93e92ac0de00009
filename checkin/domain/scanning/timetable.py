"""What is laid down for each day of an event, and when a gate is open. Pure.

The scan page has the same rules in `checkin/static/js/offline/days.js`; both are tested by
`tests/vectors/days.json` and `tests/vectors/doors.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from checkin.domain.events.days import Day, bounds_of, day_of
from checkin.domain.scanning.facts import EntryPolicy


@dataclass(frozen=True, slots=True)
class Doors:
    """Whether a gate is open, for all or for the people of a category.

    Attributes:
        until: when that changes; None: it is not planned to.
    """

    is_open: bool
    until: datetime | None


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


def next_opening(
    policy: EntryPolicy,
    days: Sequence[Day],
    at: datetime,
    gate_id: int | None = None,
    category_id: int | None = None,
) -> datetime | None:
    """Return the first moment from `at` on at which a gate admits a category.

    None: it does no more, or entries are stopped, which ends whenever an organiser says so.
    """
    doors = doors_at(policy, days, at, gate_id, category_id)
    return at if doors.is_open else doors.until


def is_closed_for_good(policy: EntryPolicy, opens_at: datetime | None) -> bool:
    """Say whether a gate that is closed opens no more, so that nobody is to wait for it.

    While entries are stopped nobody knows: an organiser may end that at any time.

    Args:
        opens_at: the next opening, as `next_opening` returns it.
    """
    return opens_at is None and not policy.stopped


def _changes(policy: EntryPolicy, days: Sequence[Day]) -> Iterator[datetime]:
    """Yield the moments at which a gate may open or close, in any order."""
    for day in days:
        begins, _ends = bounds_of(days, day.number)
        yield from (one for one in (begins, day.opens_at, day.closes_at) if one is not None)
    for hours in policy.hours:
        yield from (hours.opens_at, hours.closes_at)
