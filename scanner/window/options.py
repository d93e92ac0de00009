"""Make the lines of the lists in forms: cameras, delegations, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanner.camera.names import CameraName
from scanner.core.scan import utc_text
from scanner.gate.volunteer_requests import (
    CategoryName,
    Delegation,
    FoundBus,
    FoundPeople,
    Person,
)
from scanner.window.card_lines import in_both_scripts, names_of, short_name, word
from scanner.window.clock import clock_time
from scanner.window.form import Form, Option, Purpose, told
from scanner.window.recent_scans import Card, RecentScan
from scanner.words import say


def camera_option(camera: CameraName, language: str) -> Option:
    """Return the line of a camera: its name, or its number where it has none."""
    number = say(language, "camera_number", number=camera.number)
    return Option(camera.name or number, camera.number, number if camera.name else "")


def scan_option(scan: RecentScan, value: object, language: str, timezone: str) -> Option:
    """Return the line of a recent scan: whose it was, what was said to it, and when."""
    verdict = scan.verdict
    names = names_of(verdict, language) or [short_name(verdict, language)]
    time = clock_time(utc_text(verdict.scan.scanned_at), timezone)
    said = word(Card(verdict, 0.0), language)
    return Option(" · ".join(names), value, f"{time} · {said}")


def delegation_options(found: Iterable[Delegation], language: str) -> tuple[Option, ...]:
    """Return a line for each delegation, in both scripts."""

    def named(delegation: Delegation) -> Option:
        names = in_both_scripts(delegation.name, delegation.name_ar, language)
        return Option(" · ".join(names), delegation)

    return tuple(named(delegation) for delegation in found)


def category_options(found: Iterable[CategoryName], language: str) -> tuple[Option, ...]:
    """Return a line for each category, after the one of who says none: the event's usual one."""

    def named(category: CategoryName) -> Option:
        names = in_both_scripts(category.name, category.name_ar, language)
        return Option(" · ".join(names), category.name)

    return (Option(say(language, "usual_category"), ""), *map(named, found))


def with_people(form: Form, found: FoundPeople, language: str, timezone: str) -> Form:
    """Return the form with the people who were found."""
    options = person_options(found.people, language, timezone)
    is_for_badge = form.purpose == Purpose.BADGE
    if not is_for_badge:  # a bus has no badge
        options += tuple(_bus_option(bus, language) for bus in found.buses)
    form, count = replace(form, options=options, chosen=0), len(found.people)
    if not options:
        return told(form, "found_nobody")
    if found.more:
        return told(form, "found_more", count=count, more=found.more)
    return told(form, "found_for_badge" if is_for_badge else "found", count=count)


def _bus_option(bus: FoundBus, language: str) -> Option:
    label = say(language, "bus_found", name=bus.name, count=bus.passengers)
    [delegation, *_] = in_both_scripts(bus.delegation, bus.delegation_ar, language) or [""]
    return Option(label, bus, delegation)


def person_options(people: Iterable[Person], language: str, timezone: str) -> tuple[Option, ...]:
    """Return a line for each person, told apart from others of the same name."""
    return tuple(_person_option(person, language, timezone) for person in people)


def telling_options(language: str) -> tuple[Option, ...]:
    """Return a line for each answer to whether a message brings a new badge to the person, too."""
    return (
        Option(say(language, "badge_without_mail"), value=False),
        Option(say(language, "badge_with_mail"), value=True),
    )


def _person_option(person: Person, language: str, timezone: str) -> Option:
    names = in_both_scripts(person.name, person.name_ar, language)
    delegation = in_both_scripts(person.delegation, person.delegation_ar, language)[:1]
    category = in_both_scripts(person.category, person.category_ar, language)[:1]
    phone = person.phone_ending and say(language, "phone_ending", digits=person.phone_ending)
    blocked = person.blocked and say(language, "status_blocked")
    state = _state_of(person, language, timezone)
    known = [state, blocked, *delegation, *category, person.bus, phone]
    return Option(" · ".join(names), person, " · ".join(one for one in known if one))


def _state_of(person: Person, language: str, timezone: str) -> str:
    if person.arrived_at:
        return say(language, "came_at", time=clock_time(person.arrived_at, timezone))
    known = person.status in ("confirmed", "reserve", "canceled")
    return say(language, f"status_{person.status}") if known else person.status
