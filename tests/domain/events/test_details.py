"""An event's settings as people write them: taken whole, or refused with everything wrong."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import pytest

from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.events.details import (
    EventDetails,
    validate_event,
    validate_slug,
    whole_number,
)
from checkin.protocol.time_zones import time_zone

RABAT = time_zone("Africa/Casablanca")
LEAST = {
    "name": "Rencontre régionale",
    "venue": "Complexe Ibn Rochd",
    "timezone": "Africa/Casablanca",
    "starts_at": "2025-06-14T15:00",
    "ends_at": "2025-06-14T19:00",
    "reentry": "single",
    "language": "fr",
    "retention_days": "30",
}


def at(hour, minute=0):
    return datetime(2025, 6, 14, hour, minute, tzinfo=RABAT)


def changed(**more):
    """Return the fields of a plain event that these texts change."""
    plain, other = validate_event(LEAST), validate_event({**LEAST, **more})
    assert isinstance(other, EventDetails), other
    return {key: value for key, value in asdict(other).items() if value != asdict(plain)[key]}


def problems(**more):
    found = validate_event({**LEAST, **more})
    return found if isinstance(found, list) else []


def test_an_event_needs_little():
    assert validate_event(LEAST) == EventDetails(
        name="Rencontre régionale",
        name_ar=None,
        venue="Complexe Ibn Rochd",
        venue_ar=None,
        timezone="Africa/Casablanca",
        starts_at=at(15),
        ends_at=at(19),
        doors_open_at=None,
        doors_close_at=None,
        grace_s=0,
        reserve_from=None,
        reserve_until=None,
        capacity=None,
        reentry="single",
        language="fr",
        sensitive=False,
        organiser="",
        contact="",
        organiser_address="",
        cndp_number="",
        retention_days=30,
        without_badge="everyone",
        gates_call_coordinators=False,
        gates_may_search=False,
        search_while_closed=False,
        search_budget_gate=60,
        search_budget_desk=600,
        badge_delay_s=600,
        finds_badges=False,
        map_point="",
    )


def test_everything_else_is_taken_as_written():
    texts = {
        "name_ar": "اللقاء الجهوي",
        "venue_ar": "مركب ابن رشد",
        "reentry": "after_exit",
        "language": "ar",
        "organiser": "Le comité",
        "contact": "0537 12 34 56",
        "organiser_address": "Avenue Mohammed V, Rabat",
        "cndp_number": "D-123/2025",
    }

    assert changed(
        **texts,
        doors_open_at="2025-06-14T14:00",
        doors_close_at="2025-06-14T14:01",
        reserve_from="2025-06-14T14:45",
        grace_minutes="15",
        capacity="٥ 000",
        sensitive="yes",
        retention_days="3650",
    ) == {
        **texts,
        "doors_open_at": at(14),
        "doors_close_at": at(14, 1),
        "reserve_from": at(14, 45),
        "grace_s": 900,
        "capacity": 5000,
        "sensitive": True,
        "retention_days": 3650,
    }


def test_an_empty_form_lacks_what_an_event_needs():
    lacking = [("starts_at", "missing_text"), ("ends_at", "missing_text"), ("name", "missing_text")]

    assert validate_event({}) == [
        Problem("timezone", "invalid_time_zone"),
        *(Problem(column, code) for column, code in lacking),
        Problem("venue", "missing_text"),
        Problem("reentry", "unknown_choice"),
        Problem("language", "unknown_choice"),
        Problem("retention_days", "missing_text"),
    ]


@pytest.mark.parametrize(
    ("field", "last", "first_refused", "limits"),
    [
        ("capacity", "500000", "500001", "1-500000"),
        ("capacity", "1", "0", "1-500000"),
        ("grace_minutes", "1440", "1441", "0-1440"),
        ("retention_days", "3650", "3651", "1-3650"),
        ("retention_days", "1", "0", "1-3650"),
    ],
)
def test_numbers_have_limits_which_are_told(field, last, first_refused, limits):
    assert problems(**{field: last}) == []
    assert problems(**{field: first_refused}) == [
        Problem(field, "invalid_number", first_refused, (limits,))
    ]


@pytest.mark.parametrize("field", ["venue", "venue_ar", "organiser", "contact"])
def test_texts_have_at_most_200_characters(field):
    assert problems(**{field: "x" * 200}) == []
    assert problems(**{field: "x" * 201}) == [Problem(field, "too_long", "x" * 201, ("200",))]


@pytest.mark.parametrize(
    ("text", "year"),
    [("2000-01-01T00:00", 2000), ("2199-12-31T23:59", 2199)],
)
def test_moments_are_of_the_years_2000_to_2199(text, year):
    assert changed(reserve_from=text)["reserve_from"].year == year


@pytest.mark.parametrize(
    "text",
    ["1999-12-31T23:59", "2200-01-01T00:00", "2025-06-14T15:00+01:00", "2025-06-14T15:00Z", "noon"],
)
def test_other_moments_are_refused(text):
    assert problems(reserve_from=text) == [Problem("reserve_from", "invalid_moment", text)]


def test_moments_are_read_although_the_time_zone_is_unknown():
    assert problems(timezone="Rabat", reserve_from="soon") == [
        Problem("timezone", "invalid_time_zone", "Rabat"),
        Problem("reserve_from", "invalid_moment", "soon"),
    ]


@pytest.mark.parametrize("ends", ["2025-06-14T15:00", "2025-06-14T14:59"])
def test_an_event_ends_after_it_starts(ends):
    assert problems(ends_at=ends) == [
        Problem("ends_at", "ends_too_early", ends, ("2025-06-14 15:00",))
    ]


@pytest.mark.parametrize("closes", ["2025-06-14T14:00", "2025-06-14T13:59"])
def test_doors_close_after_they_open(closes):
    told = problems(doors_open_at="2025-06-14T14:00", doors_close_at=closes)

    assert told == [
        Problem("doors_close_at", "doors_close_too_early", closes, ("2025-06-14 14:00",))
    ]


def test_doors_that_close_have_opened():
    closes = {"doors_close_at": "2025-06-14T18:00"}

    assert problems(**closes) == [
        Problem("doors_close_at", "doors_never_open", closes["doors_close_at"])
    ]
    assert problems(doors_open_at="soon", **closes) == [
        Problem("doors_open_at", "invalid_moment", "soon")
    ]
    assert problems(doors_open_at="2025-06-14T14:00") == []


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("0", 0), ("999 999 999", 999_999_999), ("١٢", 12)]
)
def test_a_whole_number_may_be_written_in_any_digits(text, number):
    assert whole_number(text, 0, 2_000_000_000) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "x", "1000000000", "0000000001"])
def test_anything_else_is_no_whole_number(text):
    with pytest.raises(InvalidValue) as refused:
        whole_number(text, 0, 2_000_000_000)

    assert refused.value.in_column("n") == Problem("n", "invalid_number", text, ("0-2000000000",))


@pytest.mark.parametrize(
    ("text", "name", "slug"),
    [
        (" rabat-2025 ", "Rencontre", "rabat-2025"),
        ("", "Rencontre régionale : Rabat !", "rencontre-regionale-rabat"),
        ("", "x" * 60, "x" * 50),
        ("x" * 50, "Rencontre", "x" * 50),
    ],
)
def test_the_address_of_an_event_is_written_or_made_from_its_name(text, name, slug):
    assert validate_slug(text, name) == slug


@pytest.mark.parametrize(
    ("text", "name"), [("Rabat", "x"), ("x" * 51, "x"), ("", "اللقاء"), ("-a", "x")]
)
def test_another_address_is_refused(text, name):
    with pytest.raises(InvalidValue) as refused:
        validate_slug(text, name)

    assert (refused.value.reason, refused.value.value) == ("invalid_slug", text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("34.0009, -6.8466", "34.0009,-6.8466"),
        ("(34.0009°; −6.8466°)", "34.0009,-6.8466"),
        ("34,0009 ; -6,8466", "34.0009,-6.8466"),
        ("34,0009, -6,8466", "34.0009,-6.8466"),
        ("\u200e34 -6", "34,-6"),
    ],
)
def test_a_point_on_the_map_is_read_as_people_copy_it(text, kept):
    assert changed(map_point=text) == {"map_point": kept}


@pytest.mark.parametrize("text", ["Rabat", "34.0009", "91,0", "0,181", "34.0009,-6.8466,3"])
def test_what_is_no_point_on_the_map_is_refused(text):
    assert problems(map_point=text) == [Problem("map_point", "invalid_map_point", text)]
