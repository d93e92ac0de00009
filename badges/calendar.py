"""A calendar file with one entry (RFC 5545), for "add to calendar"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from badges.spec import BadgeError

_LINE_OCTETS = 75
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """The content of a calendar entry.

    Args:
        uid: the same for the same event, so that a second file replaces the entry of the first.
        stamp: when this file was made, aware; a later one wins.
        starts_at, ends_at: aware. They are written in UTC: a phone whose time zones are older
            than the country's last change still shows the right hour.
        sequence: grows with each file about the same entry: the highest is what is valid.
        organizer: the e-mail address of whoever may change or cancel the entry.
        is_canceled: take the entry out of the calendar instead of putting it there.
    """

    uid: str
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str = ""
    sequence: int = 0
    organizer: str = ""
    is_canceled: bool = False

    @property
    def method(self) -> str:
        """What programs are to do with the file (RFC 5546)."""
        return "CANCEL" if self.is_canceled else "PUBLISH"


def calendar_file(entry: CalendarEntry) -> bytes:
    """Return the entry as a file of type ``text/calendar; charset=utf-8``.

    Raises:
        BadgeError: a moment has no time zone, or the entry ends before it starts.
    """
    starts, ends = _utc(entry.starts_at), _utc(entry.ends_at)
    if ends < starts:
        raise BadgeError("ends_at is before starts_at: correct the event's times")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Marhaba//Badges//FR",
        "CALSCALE:GREGORIAN",
        f"METHOD:{entry.method}",
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"DTSTAMP:{_utc(entry.stamp)}",
        f"SEQUENCE:{entry.sequence}",
        *([f"ORGANIZER:mailto:{_text(entry.organizer)}"] if entry.organizer else []),
        *(["STATUS:CANCELLED"] if entry.is_canceled else []),
        f"DTSTART:{starts}",
        f"DTEND:{ends}",
        f"SUMMARY:{_text(entry.summary)}",
        f"LOCATION:{_text(entry.location)}",
        *([f"DESCRIPTION:{_text(entry.description)}"] if entry.description else []),
        # Calendars are shared with families and offices.
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise BadgeError("a calendar's moment has no time zone: give an aware time, such as UTC")
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """Escape a text value (section 3.3.11)."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> bytes:
    """Break a line after at most 75 octets, never inside a character (section 3.1)."""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        octets = letter.encode()
        # A continued line begins with a space, which counts.
        if len(part) + len(octets) > _LINE_OCTETS - bool(parts):
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part])
