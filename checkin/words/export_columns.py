"""The headings of an export's table that people read: the others are names for programs."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

from checkin.words.catalogues import say
from checkin.words.isolates import without_isolates
from checkin.words.languages import spoken


def arrival_heading(number: int, starts_at: datetime, language: str) -> str:
    """Return the heading of the arrivals of one day of an event.

    Args:
        starts_at: when the day begins, on the event's clocks.
    """
    date = format_date(starts_at, "long", locale=spoken(language).locale)
    heading = say("import", language, "Arrival on day {number} ({date})", number=number, date=date)
    return without_isolates(heading)
