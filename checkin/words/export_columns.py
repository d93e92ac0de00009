"""The headings and the states of tables that people read, in their language.

A program reads the JSON of the whole export, whose names are codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_date

from checkin.words.catalogues import msgid, say
from checkin.words.isolates import without_isolates
from checkin.words.languages import LANGUAGES, spoken
from checkin.words.problems import COLUMN_NAMES

#: headings that are no participant's field
HEADINGS = {
    "participant_id": msgid("Number"),
    "number": msgid("Number"),
    "status": msgid("Registration"),
    "arrived_at": msgid("Arrival"),
    "gate": msgid("Gate"),
    "left_at": msgid("Exit"),
    "consented_at": msgid("Consent given"),
    "consent_text": msgid("Version of the privacy notice"),
    "delivery": msgid("Badge by e-mail"),
    "printed": msgid("Printed at a help desk"),
    "at": msgid("When"),
    "event": msgid("Event"),
    "who": msgid("Who"),
    "action": msgid("What"),
    "about": msgid("About"),
}
STANDINGS = {
    "confirmed": msgid("Confirmed"),
    "reserve": msgid("On the reserve list"),
    "canceled": msgid("Registration canceled"),
    "to_check": msgid("To be checked"),
}
DELIVERIES = {
    "sent": msgid("Sent"),
    "queued": msgid("Waiting to be sent"),
    "sending": msgid("Being sent"),
    "bounced": msgid("Came back"),
    "failed": msgid("Rejected by the mail server"),
    "unknown": msgid("Uncertain"),
    "no_address": msgid("No e-mail address"),
    "no_mail": msgid("Wants no e-mails"),
    "no_message": msgid("Not planned yet"),
}
_ANSWERS = {"yes": msgid("Yes"), "no": msgid("No")}
_WORDS = {"status": STANDINGS, "delivery": DELIVERIES, "printed": _ANSWERS}


def heading(column: str, language: str) -> str:
    """Return what stands over a column of a table that people read."""
    return say("import", language, HEADINGS.get(column) or COLUMN_NAMES[column])


def said(column: str, value: Any, language: str) -> Any:
    """Return a value as people read it: a word in the place of a code."""
    if column == "language":
        return LANGUAGES[value].own_name if value in LANGUAGES else value
    words = _WORDS.get(column, {})
    return say("import", language, words[value]) if value in words else value


def arrival_heading(number: int, starts_at: datetime, language: str) -> str:
    """Return the heading of the arrivals of one day of an event.

    Args:
        starts_at: when the day begins, on the event's clocks.
    """
    date = format_date(starts_at, "long", locale=spoken(language).locale)
    heading = say("import", language, "Arrival on day {number} ({date})", number=number, date=date)
    return without_isolates(heading)
