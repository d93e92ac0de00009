"""Validate a registration from any source: import, form, API or walk-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.common.blanks import is_blank
from checkin.domain.common.names import is_arabic
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.people.fields import FIELDS, OwnDetails

#: stands for the delegation where a form does not ask for one: `validate` wants something written
NOT_ASKED = "0"


class Likeness(StrEnum):
    """What two registrations of possibly the same person have in common."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Registration(OwnDetails):
    """A valid registration; delegation, category and bus are still as written.

    Attributes:
        bus, bus_leader: in which bus they ride and whether they lead it, where a list says so.
        allow_duplicate: a person confirms that a shared e-mail, phone or name is no mistake.
    """

    delegation: str
    category: str | None = None
    bus: str | None = None
    bus_leader: bool | None = None
    allow_duplicate: bool = False


_READERS = tuple((field.key, field.reader) for field in FIELDS)


def _read(raw: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for key, reader in _READERS:
        text = raw.get(key)
        if not text or is_blank(text):
            continue
        try:
            fields[key] = reader(text) or None
        except InvalidValue as invalid:
            problems.append(invalid.in_column(key))
    return fields


def _sort_scripts(raw: Mapping[str, str]) -> Mapping[str, str]:
    """Move each name to the field of its script, because lists mix both scripts in one column."""
    name, name_ar = raw.get("name") or "", raw.get("name_ar") or ""
    if is_arabic(name) and not is_arabic(name_ar):
        return {**raw, "name": name_ar, "name_ar": name}
    if name_ar and not name.strip() and not is_arabic(name_ar):
        return {**raw, "name": name_ar, "name_ar": ""}
    return raw


def validate(raw: Mapping[str, str]) -> Registration | list[Problem]:
    """Return the registration that ``raw`` describes, or everything that is wrong with it.

    Args:
        raw: texts by the key of their field (``fields.FIELDS``). A missing or blank one is
            empty; other keys are ignored.
    """
    raw = _sort_scripts(raw)
    problems: list[Problem] = []
    fields = _read(raw, problems)
    wrong = {problem.column for problem in problems}
    if not (fields.get("name") or fields.get("name_ar") or wrong & {"name", "name_ar"}):
        problems.append(Problem("name", "missing_name"))
    if not fields.get("delegation") and "delegation" not in wrong:
        problems.append(Problem("delegation", "missing_delegation"))
    if fields.get("bus_leader") and not fields.get("bus") and "bus" not in wrong:
        problems.append(Problem("bus", "leader_without_bus"))
    if problems:
        return problems
    fields["name"] = fields.get("name") or ""
    fields["allow_duplicate"] = bool(fields.get("allow_duplicate"))
    return Registration(**fields)  # type: ignore[arg-type]  # each reader gives its field's type
