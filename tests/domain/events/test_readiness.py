"""What an event still needs before its doors open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.events.readiness import Check, Light, ReadinessFacts, lights_of, worst

NOW = datetime(2025, 6, 14, 9, 0, tzinfo=UTC)
ALL_GOOD = ReadinessFacts(
    registered=12,
    badges_sent=12,
    devices=2,
    online=2,
    opened_at=NOW,
    rehearsed=True,
    has_pins=True,
    backup_at=NOW - timedelta(hours=23),
)


def test_an_event_with_everything_is_ready():
    assert worst(lights_of(ALL_GOOD, NOW)) == Light.GOOD


def test_an_event_with_nothing_is_not():
    assert worst(lights_of(ReadinessFacts(), NOW)) == Light.ACT


@pytest.mark.parametrize(
    ("changed", "check", "light"),
    [
        ({"registered": 0}, Check.PEOPLE, Light.ACT),
        ({"registered": 0}, Check.CONTACTS, Light.LOOK),
        ({"registered": 0}, Check.BADGES, Light.ACT),
        ({"without_contact": 1}, Check.CONTACTS, Light.LOOK),
        ({"is_only_here": True}, Check.ADDRESS, Light.ACT),
        ({"opened_at": None}, Check.ADDRESS, Light.LOOK),
        ({"badges_waiting": 1}, Check.BADGES, Light.ACT),
        ({"badges_unreached": 1}, Check.BADGES, Light.LOOK),
        ({"to_files": True}, Check.BADGES, Light.LOOK),
        ({"devices": 0, "online": 0}, Check.GATES, Light.ACT),
        ({"devices": 0, "online": 0}, Check.LISTS, Light.LOOK),
        ({"unanswered": 2}, Check.GATES, Light.ACT),
        ({"online": 1}, Check.GATES, Light.LOOK),
        ({"empty_gates": ("Porte 7",)}, Check.GATES, Light.LOOK),
        ({"stale_lists": 1}, Check.LISTS, Light.LOOK),
        ({"rehearsed": False}, Check.REHEARSAL, Light.LOOK),
        ({"rehearsing": True}, Check.REHEARSAL, Light.LOOK),
        ({"has_pins": False}, Check.PINS, Light.LOOK),
        ({"backup_at": None}, Check.BACKUP, Light.LOOK),
        ({"backup_at": NOW - timedelta(days=1)}, Check.BACKUP, Light.LOOK),
    ],
)
def test_what_is_missing_shows_in_its_light_alone(changed, check, light):
    lights = lights_of(replace(ALL_GOOD, **changed), NOW)

    assert lights[check] == light
    assert worst(lights) != Light.GOOD
