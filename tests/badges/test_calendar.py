from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.calendar import CalendarEntry, calendar_file
from badges.spec import BadgeError

ENTRY = CalendarEntry(
    uid="rabat-2025@marhaba",
    stamp=datetime(2025, 6, 1, 8, tzinfo=UTC),
    starts_at=datetime(2025, 6, 14, 15, tzinfo=timezone(timedelta(hours=1))),
    ends_at=datetime(2025, 6, 14, 18, tzinfo=UTC),
    summary="Rencontre régionale",
    location="Salle couverte; Complexe Ibn Rochd, Rabat",
    description="Montrez votre badge.\nMerci \\o/",
)


def unfolded(file: bytes) -> dict[str, str]:
    """Read a file as RFC 5545 says: join folded lines, then split names from values."""
    text = file.replace(b"\r\n ", b"").decode()
    return dict(line.split(":", 1) for line in text.split("\r\n")[:-1])


def unescaped(value: str) -> str:
    signs = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}
    letters, found = iter(value), ""
    for letter in letters:
        found += signs[next(letters)] if letter == "\\" else letter
    return found


def test_a_calendar_file_has_the_time_in_utc_and_the_escaped_place() -> None:
    assert calendar_file(ENTRY).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Marhaba//Badges//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:rabat-2025@marhaba",
        "DTSTAMP:20250601T080000Z",
        "SEQUENCE:0",
        "DTSTART:20250614T140000Z",
        "DTEND:20250614T180000Z",
        "SUMMARY:Rencontre régionale",
        "LOCATION:Salle couverte\\; Complexe Ibn Rochd\\, Rabat",
        "DESCRIPTION:Montrez votre badge.\\nMerci \\\\o/",
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1))
def test_any_text_survives_folding_into_lines_of_75_octets(summary: str) -> None:
    file = calendar_file(replace(ENTRY, summary=summary))

    assert max(map(len, file.split(b"\r\n"))) <= 75
    assert [line.decode() for line in file.split(b"\r\n")]  # no letter is cut in two
    assert unescaped(unfolded(file)["SUMMARY"]) == summary


def test_a_text_cannot_inject_a_line_into_a_calendar_file() -> None:
    file = calendar_file(replace(ENTRY, summary="x\r\nATTENDEE:mailto:a@example.org\x00"))

    assert "ATTENDEE" not in unfolded(file)
    assert unescaped(unfolded(file)["SUMMARY"]) == "x\nATTENDEE:mailto:a@example.org"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_at": datetime(2025, 6, 14)}, "no time zone"),  # noqa: DTZ001 - refused
        ({"ends_at": datetime(2025, 6, 13, tzinfo=UTC)}, "before starts_at"),
    ],
)
def test_times_without_zone_or_in_the_wrong_order_are_refused(
    changes: dict[str, datetime], sentence: str
) -> None:
    with pytest.raises(BadgeError, match=sentence):
        calendar_file(replace(ENTRY, **changes))  # type: ignore[arg-type] # a table of changes
