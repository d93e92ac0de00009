"""What is asked of someone who registers, from whichever source: import, form, API or walk-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.names import clean_name, clean_text, clean_title, fold_name, is_arabic
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.words.languages import LANGUAGES

MAX_NOTE_LENGTH = 500

_TAGS = {
    fold_name(word): language.tag
    for language in LANGUAGES.values()
    for word in (language.tag, *language.names)
}
_ANSWERS = {
    word: answer
    for answer, words in {
        True: "oui o yes y نعم 1 x true vrai",
        False: "non n no لا 0 false faux",
    }.items()
    for word in map(fold_name, words.split())
}


class Likeness(StrEnum):
    """By what two registrations look like one person's."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Registration:
    """A valid registration; delegation and category are still as written.

    Attributes:
        name: in Latin letters; "" when only ``name_ar`` is known.
        email: lower case.
        phone: E.164.
        language: a tag of `checkin.words.languages`.
        allow_duplicate: someone vouches that a shared e-mail, phone or name is no mistake.
    """

    name: str
    delegation: str
    name_ar: str | None = None
    category: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    note: str | None = None
    allow_duplicate: bool = False


def _note(text: str) -> str:
    note = clean_text(text, MAX_NOTE_LENGTH)
    # Notes may begin with a dash or a plus ("+ 2 people"); writers of spreadsheets escape those.
    if note.startswith(("=", "@")):
        raise InvalidValue("formula", note)
    return note


def _language(text: str) -> str:
    language = _TAGS.get(fold_name(text))
    if language is None:
        raise InvalidValue("unknown_language", text, *(one.own_name for one in LANGUAGES.values()))
    return language


def _answer(text: str) -> bool:
    answer = _ANSWERS.get(fold_name(text))
    if answer is None:
        raise InvalidValue("unknown_answer", text)
    return answer


_READERS: dict[str, Callable[[str], object]] = {
    "name": clean_name,
    "name_ar": clean_name,
    "delegation": clean_title,
    "category": clean_title,
    "email": normalise_email,
    "phone": normalise_phone,
    "language": _language,
    "note": _note,
    "allow_duplicate": _answer,
}


def _read(raw: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for column, reader in _READERS.items():
        text = raw.get(column)
        if not text or text.isspace():
            continue
        try:
            fields[column] = reader(text) or None
        except InvalidValue as invalid:
            problems.append(invalid.in_column(column))
    return fields


def _sort_scripts(raw: Mapping[str, str]) -> Mapping[str, str]:
    """Put each name where its letters belong: lists mix both scripts in one column."""
    name, name_ar = raw.get("name") or "", raw.get("name_ar") or ""
    name_is_arabic = is_arabic(name)
    if name_is_arabic and (not name_ar.strip() or not is_arabic(name_ar)):
        return {**raw, "name": name_ar, "name_ar": name}
    if name_ar and not name.strip() and not is_arabic(name_ar):
        return {**raw, "name": name_ar, "name_ar": ""}
    return raw


def validate(raw: Mapping[str, str]) -> Registration | list[Problem]:
    """Return the registration that ``raw`` describes, or everything that is wrong with it.

    Args:
        raw: texts by column: name, name_ar, delegation, category, email, phone, language,
            note, allow_duplicate. A missing or blank one is empty; other keys are ignored.
    """
    raw = _sort_scripts(raw)
    problems: list[Problem] = []
    fields = _read(raw, problems)
    wrong = {problem.column for problem in problems}
    if not (fields.get("name") or fields.get("name_ar") or wrong & {"name", "name_ar"}):
        problems.append(Problem("name", "missing_name"))
    if not fields.get("delegation") and "delegation" not in wrong:
        problems.append(Problem("delegation", "missing_delegation"))
    if problems:
        return problems
    fields["name"] = fields.get("name") or ""
    fields["allow_duplicate"] = bool(fields.get("allow_duplicate"))
    return Registration(**fields)  # type: ignore[arg-type]  # each reader gives its field's type
