"""Validate an event's settings: texts of a form in, values or problems out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name, clean_text, fold_name
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.people.public_badges import BADGE_DELAY_S
from checkin.domain.people.searching import DESK_BUDGET, GATE_BUDGET
from checkin.domain.scanning.facts import Reentry, WithoutBadge
from checkin.protocol.time_zones import UnknownTimeZone, time_zone
from checkin.words.languages import LANGUAGES

#: the event of the demo, whose people are invented
DEMO_SLUG = "rabat-2025"
DEMO_CONTACT = "contact@example.org"
MAX_CAPACITY = 500_000
MAX_SPAN_MINUTES = 24 * 60
MAX_SEARCH_BUDGET = 100_000
MAX_RETENTION_DAYS = 3650
_MAX_TEXT = 200
#: as OpenStreetMap and telephones write a place: latitude and longitude in degrees
_MAP_POINT = re.compile(r"(-?\d{1,2}(?:\.\d{1,8})?)[,;\s]+(-?\d{1,3}(?:\.\d{1,8})?)")
#: as French writes it
_MAP_POINT_WITH_COMMAS = re.compile(
    r"(-?\d{1,2}(?:,\d{1,8})?)(?:\s*;\s*|,?\s+)(-?\d{1,3}(?:,\d{1,8})?)"
)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
#: fields that are read as texts first; moments need the time zone, so they come after it
MOMENTS = (
    *("starts_at", "ends_at", "doors_open_at", "doors_close_at", "reserve_from", "reserve_until"),
)
_REQUIRED_MOMENTS = ("starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class EventDetails:
    """A valid event: the columns of the same names, all moments aware."""

    name: str
    name_ar: str | None
    venue: str
    venue_ar: str | None
    timezone: str
    starts_at: datetime
    ends_at: datetime
    doors_open_at: datetime | None
    doors_close_at: datetime | None
    grace_s: int
    reserve_from: datetime | None
    reserve_until: datetime | None
    capacity: int | None
    reentry: str
    language: str
    sensitive: bool
    organiser: str
    contact: str
    organiser_address: str
    cndp_number: str
    retention_days: int
    without_badge: str
    gates_may_search: bool
    search_while_closed: bool
    gates_call_coordinators: bool
    search_budget_gate: int
    search_budget_desk: int
    badge_delay_s: int
    finds_badges: bool
    map_point: str


def is_demos_slug(slug: str) -> bool:
    """Say whether a short name is the demo's, which no other event gets."""
    return slug == DEMO_SLUG


def is_demo(slug: str, contact: str) -> bool:
    """Say whether an event is the demo's, with invented people.

    Its short name alone does not say so: before it was kept for the demo, an organiser may have
    given it to an event of their own. The contact is of a domain that nobody has (RFC 2606).
    """
    return is_demos_slug(slug) and contact == DEMO_CONTACT


def validate_event(raw: Mapping[str, str]) -> EventDetails | list[Problem]:
    """Return the event that ``raw`` describes, or everything that is wrong with it.

    Args:
        raw: texts by field: those of `EventDetails`, moments as YYYY-MM-DDTHH:MM by the clocks of
            the time zone, grace_minutes for grace_s, and badge_delay_minutes for badge_delay_s.
    """
    form = Form(raw)
    zone = form.read("timezone", _zone)
    moments = {
        name: form.read(name, moment_reader(zone, required=name in _REQUIRED_MOMENTS))
        for name in MOMENTS
    }
    _check_order(form, moments)
    rest = {name: form.read(name, reader) for name, reader in _READERS.items()}
    spans = {name: form.read(name, reader) for name, reader in _SPANS.items()}
    if form.problems:
        return form.problems
    seconds = {name.replace("_minutes", "_s"): 60 * span for name, span in spans.items()}
    return EventDetails(timezone=zone, **seconds, **moments, **rest)


def validate_slug(text: str, name: str) -> str:
    """Return the short name of an event for addresses, made from its name where none was written.

    Raises:
        InvalidValue: ``invalid_slug``.
    """
    slug = text.strip() or re.sub(r"[^a-z0-9]+", "-", fold_name(name)).strip("-")[:50]
    if not _SLUG.fullmatch(slug):
        raise InvalidValue("invalid_slug", slug)
    return slug


def _zone(text: str) -> str:
    try:
        time_zone(text)
    except UnknownTimeZone:
        raise InvalidValue("invalid_time_zone", text) from None
    return text


def moment_reader(zone: str | None, *, required: bool) -> Callable[[str], datetime | None]:
    """Return what reads a moment written as YYYY-MM-DDTHH:MM by the clocks of a time zone.

    Args:
        zone: None where it is not known; then the moment is not aware.
        required: an empty text is a problem; else it reads as None.
    """

    def read(text: str) -> datetime | None:
        if not text and not required:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise InvalidValue("invalid_moment" if text else "missing_text", text) from None
        if moment.tzinfo is not None or not 2000 <= moment.year < 2200:
            raise InvalidValue("invalid_moment", text)
        return moment.replace(tzinfo=time_zone(zone) if zone else None)

    return read


def _check_order(form: Form, moments: Mapping[str, datetime | None]) -> None:
    starts, ends = moments["starts_at"], moments["ends_at"]
    if starts and ends and ends <= starts:
        form.object("ends_at", "ends_too_early", f"{starts:%Y-%m-%d %H:%M}")
    opens, closes = moments["doors_open_at"], moments["doors_close_at"]
    if closes and not opens and not any(p.column == "doors_open_at" for p in form.problems):
        form.object("doors_close_at", "doors_never_open")
    if opens and closes and closes <= opens:
        form.object("doors_close_at", "doors_close_too_early", f"{opens:%Y-%m-%d %H:%M}")


def _optional_name(text: str) -> str | None:
    return clean_name(text) if text else None


def _name(text: str) -> str:
    return clean_name(_written(text))


def _venue(text: str) -> str:
    return clean_text(_written(text), _MAX_TEXT)


def _written(text: str) -> str:
    if not text:
        raise InvalidValue("missing_text", text)
    return text


def _optional_text(text: str) -> str | None:
    return clean_text(text, _MAX_TEXT) or None


def _any_text(text: str) -> str:
    return clean_text(text, _MAX_TEXT)


def _whole_number(least: int, most: int, default: int | None = None) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        if not text:
            return default
        return whole_number(text, least, most)

    return read


def whole_number(text: str, least: int, most: int) -> int:
    """Return the number that ``text`` writes, in the digits of any script.

    Raises:
        InvalidValue: ``invalid_number``: it is no number, or not from ``least`` to ``most``.
    """
    digits = "".join(text.split())
    if not (digits.isdecimal() and len(digits) <= 9 and least <= int(digits) <= most):
        raise InvalidValue("invalid_number", text, f"{least}-{most}")
    return int(digits)


def _retention(text: str) -> int:
    return whole_number(_written(text), 1, MAX_RETENTION_DAYS)


def _one_of(choices: tuple[str, ...], default: str = "") -> Callable[[str], str]:
    def read(text: str) -> str:
        text = text or default
        if text not in choices:
            raise InvalidValue("unknown_choice", text)
        return text

    return read


def _map_point(text: str) -> str:
    """Return latitude and longitude as "34.0009,-6.8466"; "" where nothing is written."""
    if not text:
        return ""
    plain = "".join(letter for letter in text if letter.isprintable() and letter not in "()°")
    plain = plain.replace("−", "-").strip()
    found = _MAP_POINT.fullmatch(plain) or _MAP_POINT_WITH_COMMAS.fullmatch(plain)
    if not found:
        raise InvalidValue("invalid_map_point", text)
    latitude, longitude = (degrees.replace(",", ".") for degrees in found.groups())
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        raise InvalidValue("invalid_map_point", text)
    return f"{latitude},{longitude}"


_READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "name_ar": _optional_name,
    "venue": _venue,
    "venue_ar": _optional_text,
    "capacity": _whole_number(1, MAX_CAPACITY),
    "reentry": _one_of(tuple(str(one) for one in Reentry)),
    "language": _one_of(tuple(LANGUAGES)),
    "sensitive": lambda text: text == "yes",
    "organiser": _any_text,
    "contact": _any_text,
    "organiser_address": _any_text,
    "cndp_number": _any_text,
    "retention_days": _retention,
    "without_badge": _one_of(
        tuple(str(one) for one in WithoutBadge), default=str(WithoutBadge.EVERYONE)
    ),
    "gates_may_search": lambda text: text == "yes",
    "search_while_closed": lambda text: text == "yes",
    "gates_call_coordinators": lambda text: text == "yes",
    "finds_badges": lambda text: text == "yes",
    "map_point": _map_point,
    "search_budget_gate": _whole_number(0, MAX_SEARCH_BUDGET, default=GATE_BUDGET),
    "search_budget_desk": _whole_number(0, MAX_SEARCH_BUDGET, default=DESK_BUDGET),
}
#: in minutes; seconds are kept
_SPANS: dict[str, Callable[[str], int | None]] = {
    "grace_minutes": _whole_number(0, MAX_SPAN_MINUTES, default=0),
    "badge_delay_minutes": _whole_number(0, MAX_SPAN_MINUTES, default=BADGE_DELAY_S // 60),
}
