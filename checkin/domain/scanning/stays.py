"""One person's stays in the hall, out of the admissions that were counted for them.

Two records of one person may have been scanned in both; each admission then began a stay, and some
of these are the same stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from checkin.domain.events.days import FIRST_DAY


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a stay: the moment, and the key of the scan that ended it."""

    at: datetime
    scan_pk: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that an admission began.

    Attributes:
        id: the admission's.
        entry_no: 1 for the arrival of its day; None for a stay that counts no more.
        day: of the event.
        left: None while the person is inside.
        without_place: an arrival that took no place of the quota.
    """

    id: int
    at: datetime
    entry_no: int | None
    left: Exit | None = None
    without_place: bool = False
    day: int = FIRST_DAY


def stays_of_one_person(stays: Iterable[Stay]) -> list[Stay]:
    """Number the stays of one person anew, day by day in their order, each moment counted once."""
    by_day: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_day[stay.day].append(stay)
    return [stay for day in sorted(by_day) for stay in _stays_of_a_day(by_day[day])]


def _stays_of_a_day(stays: list[Stay]) -> list[Stay]:
    """Number the stays of one person on a day.

    A stay that begins within another one is no stay of its own and counts no more; the person left
    when the later of the two ended. An arrival has a place if one of the arrivals had.
    """
    ordered = sorted(stays, key=lambda stay: (stay.at, stay.id))
    arrivals = [stay for stay in ordered if stay.entry_no == 1]
    placeless = bool(arrivals) and all(stay.without_place for stay in arrivals)
    counted: list[Stay] = []
    repeated: list[Stay] = []
    for stay in ordered:
        last = counted[-1] if counted else None
        if last is not None and (last.left is None or last.left.at > stay.at):
            counted[-1] = replace(last, left=_later(last.left, stay.left))
            repeated.append(replace(stay, entry_no=None, left=None, without_place=False))
        else:
            number = len(counted) + 1
            counted.append(replace(stay, entry_no=number, without_place=placeless and number == 1))
    return counted + repeated


def _later(one: Exit | None, other: Exit | None) -> Exit | None:
    exits = [end for end in (one, other) if end is not None]
    return max(exits, key=lambda end: end.at, default=None)
