"""Make the lines of the lists in forms: cameras, delegations, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanner.camera.names import CameraName
from scanner.gate.volunteer_requests import Delegation, Person
from scanner.window.drawing.card import in_both_scripts
from scanner.window.form import Form, Option, told
from scanner.words import say


def camera_option(camera: CameraName, language: str) -> Option:
    """Return the line of a camera: its name, or its number where it has none."""
    number = say(language, "camera_number", number=camera.number)
    return Option(camera.name or number, camera.number, number if camera.name else "")


def delegation_options(found: Iterable[Delegation], language: str) -> tuple[Option, ...]:
    """Return a line for each delegation, in both scripts."""

    def named(delegation: Delegation) -> Option:
        names = in_both_scripts(delegation.name, delegation.name_ar, language)
        return Option(" · ".join(names), delegation)

    return tuple(named(delegation) for delegation in found)


def with_people(form: Form, found: list[Person], language: str) -> Form:
    """Return the form with the people who were found."""
    options = tuple(_person_option(person, language) for person in found)
    form = replace(form, options=options, chosen=0)
    return told(form, "found", count=len(found)) if found else told(form, "found_nobody")


def _person_option(person: Person, language: str) -> Option:
    names = in_both_scripts(person.name, person.name_ar, language)
    known = person.status in ("confirmed", "reserve", "canceled")
    standing = say(language, f"status_{person.status}") if known else person.status
    [delegation, *_] = in_both_scripts(person.delegation, person.delegation_ar, language) or [""]
    blocked = [say(language, "status_blocked")] if person.blocked else []
    return Option(" · ".join(names), None, " · ".join([delegation, standing, *blocked]))
