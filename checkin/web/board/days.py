"""The choice of a day on the board and in the report, kept in the address: `?day=1`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from checkin.errors import NotFound
from checkin.services.board.live_counts import DayCount
from checkin.services.events.days import days_of
from checkin.web.site.languages import local_day
from checkin.web.site.visits import EventVisit

#: in place of a day's number: all of them
ALL_DAYS = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of what a board shows.

    Attributes:
        day: what the address says; None: nothing, which is the present day, live.
    """

    name: str
    day: int | str | None
    is_chosen: bool


def day_name(day: DayCount, timezone: str) -> str:
    """Return what a day is called: its number and its date."""
    date = local_day(day.starts_at, timezone)
    name: str = _("Day %(number)s: %(date)s", number=day.number, date=date)
    return name


def choices(visit: EventVisit, days: Sequence[DayCount], chosen: int | str) -> list[Choice]:
    """Return what a board lets people choose from: the days until the present one, and all days.

    Args:
        chosen: the number of a day, or `ALL_DAYS`.

    Returns:
        Nothing where the event has one day.
    """
    if len(days) == 1:
        return []
    present = visit.today
    found = [_choice(visit, day, present, chosen) for day in days if day.number <= present]
    return [*found, Choice(_("All days"), ALL_DAYS, chosen == ALL_DAYS)]


def _choice(visit: EventVisit, day: DayCount, present: int, chosen: int | str) -> Choice:
    is_present, is_chosen = day.number == present, day.number == chosen
    name = (_present_name if is_present else day_name)(day, visit.event.timezone)
    return Choice(name, None if is_present else day.number, is_chosen)


def _present_name(day: DayCount, timezone: str) -> str:
    date = local_day(day.starts_at, timezone)
    name: str = _("Day %(number)s (current): %(date)s", number=day.number, date=date)
    return name


def asked_day(visit: EventVisit) -> int | None:
    """Return the day that the address asks for; None: the present one.

    Raises:
        NotFound: the event has no such day.
    """
    asked = request.args.get("day")
    if asked is None:
        return None
    numbers = {str(day.number): day.number for day in days_of(visit.session, visit.event.id)}
    if asked not in numbers:
        raise NotFound("the event has no such day")
    return numbers[asked]


def asks_for_all_days() -> bool:
    """Say whether the address asks for all days at once."""
    return request.args.get("day") == ALL_DAYS
