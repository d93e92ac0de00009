"""An event's own texts in its messages, validated before they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from badges.spec import BadgeError, check_line
from badges.texts import (
    BADGE,
    OTHER_KINDS,
    Texts,
    fill,
    placeholders_of,
    text_name,
    texts_in,
)
from checkin.db.models import Event, MessageText
from checkin.errors import InvalidRequest

#: what the message with the badge says, in its order; the other kinds share what these three do not
_OF_BADGE = (
    *("subject", "subject_neutral", "greeting", "intro"),
    *("show", "print_out", "personal", "decline", "privacy"),
)
_OF_EACH = ("subject", "subject_neutral", "intro")
#: what an event may say in its own words in each kind of message
EDITABLE: Mapping[str, tuple[str, ...]] = {
    BADGE: _OF_BADGE,
    **{kind: tuple(text_name(kind, name) for name in _OF_EACH) for kind in OTHER_KINDS},
}
_ALL_EDITABLE = frozenset(name for names in EDITABLE.values() for name in names)
PLACEHOLDERS = (
    *("name", "event", "delegation", "venue", "number", "when"),
    *("organiser", "contact", "days"),
)
#: not in what is read on locked screens, which names neither the event nor its organiser
_REVEALING = {"event", "organiser", "delegation", "venue", "contact"}
_LONGEST = 2000
_LONGEST_LINE = 150


def texts_of(session: Session, event: Event, language: str) -> Texts:
    """Return a language's message texts, with the event's own in place of the usual ones."""
    own: dict[str, Any] = own_texts(session, event, language)
    return replace(texts_in(language), **own)


def own_texts(session: Session, event: Event, language: str) -> dict[str, str]:
    """Return only the event's own texts in a language, by name."""
    rows = session.execute(
        select(MessageText.name, MessageText.text).where(
            MessageText.event_id == event.id, MessageText.language == language
        )
    )
    return {row.name: row.text for row in rows if row.name in _ALL_EDITABLE}


def usual_texts(language: str) -> dict[str, str]:
    """Return the texts of a language that are used where an event has none of its own."""
    usual = asdict(texts_in(language))
    return {name: usual[name] for name in _ALL_EDITABLE}


class TextFault(StrEnum):
    """What can be wrong with an event's own text."""

    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    LONE_BRACE = "lone_brace"
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"
    #: nothing was written
    EMPTY = "empty"
    #: the name of a sensitive event stands in a subject
    NAMES_EVENT = "names_event"


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong with one of an event's own texts.

    Attributes:
        value: the wrong placeholder, or the largest number of characters allowed.
        allowed: the placeholders that the text may use.
    """

    fault: TextFault
    value: str = ""
    allowed: tuple[str, ...] = ()


def problem_of(name: str, text: str) -> TextProblem | None:
    """Return what is wrong with a sentence, None if nothing is."""
    is_seen = name == "greeting" or name.endswith("subject_neutral")
    longest = _LONGEST_LINE if "subject" in name else _LONGEST
    return line_problem(text, longest, is_seen_by_others=is_seen)


def line_problem(
    text: str, longest: int = _LONGEST_LINE, *, is_seen_by_others: bool = False
) -> TextProblem | None:
    """Return what is wrong with a line with placeholders, None if nothing is.

    Args:
        longest: the largest number of characters.
        is_seen_by_others: whether it is read on locked screens.
    """
    if problem := placeholder_problem(text, is_seen_by_others=is_seen_by_others):
        return problem
    filled = fill(text, dict.fromkeys(PLACEHOLDERS, "x"))
    if len(filled) > longest:
        return TextProblem(TextFault.TOO_LONG, str(longest))
    try:
        check_line("text", filled, longest)
    except BadgeError:
        return TextProblem(TextFault.UNPRINTABLE)
    return None


def placeholder_problem(text: str, *, is_seen_by_others: bool = False) -> TextProblem | None:
    """Return what is wrong with a text's placeholders, None if nothing is."""
    hidden = _REVEALING if is_seen_by_others else set()
    allowed = tuple(f"{{{one}}}" for one in PLACEHOLDERS if one not in hidden)
    unknown = [used for used in placeholders_of(text) if used not in allowed]
    if unknown:
        return TextProblem(TextFault.UNKNOWN_PLACEHOLDER, unknown[0], allowed)
    filled = fill(text, dict.fromkeys(PLACEHOLDERS, "x"))
    if "{" in filled or "}" in filled:
        return TextProblem(TextFault.LONE_BRACE)
    return None


def set_texts(session: Session, event: Event, language: str, wanted: Mapping[str, str]) -> None:
    """Store an event's own texts; where one is empty or equals the usual text, none is stored.

    Texts that are not among the wanted ones stay.

    Raises:
        InvalidRequest: a text cannot be used; see `problem_of`.
    """
    usual = usual_texts(language)
    own = {
        name: text.strip()
        for name, text in wanted.items()
        if name in _ALL_EDITABLE and text.strip() and text.strip() != usual[name]
    }
    for name, text in own.items():
        if problem := problem_of(name, text):
            raise InvalidRequest(f"{name}: {problem.fault} {problem.value}".strip())
    session.execute(
        delete(MessageText).where(
            MessageText.event_id == event.id,
            MessageText.language == language,
            MessageText.name.in_(wanted),
        )
    )
    session.add_all(
        MessageText(event_id=event.id, language=language, name=name, text=text)
        for name, text in own.items()
    )
    session.flush()
