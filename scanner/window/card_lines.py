"""What the card of a verdict says, line by line, in the order of the scan page. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from checkin.domain.people.flags import SIGNS
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.messages import pending_message, refusal_message
from checkin.domain.scanning.next_steps import NextStep
from checkin.domain.scanning.reasons import Reason
from scanner.core.next_steps import act_said
from scanner.core.scan import Kind, Verdict, utc_text
from scanner.window.clock import clock_moment, clock_time, zone_named
from scanner.window.recent_scans import Card
from scanner.words import say

#: signs of flags by their names, as the server tells them
_SIGNS = {str(symbol): sign for symbol, sign in SIGNS.items()}


class Line(NamedTuple):
    """A line of a card: which part it is, as the scan page names it, and its text."""

    part: str
    text: str


def lines_of(card: Card, language: str, timezone: str) -> tuple[Line, ...]:
    """Return the lines of a card from top to bottom, without the empty ones.

    Args:
        timezone: the event's, by whose clocks times are told.
    """
    verdict = card.verdict
    name, other_name = (*names_of(verdict, language), "", "")[:2]
    first_word, _, more_of_it = word(card, language).partition(" · ")
    lines = (
        Line("rehearsal", say(language, "practice_badge") if verdict.rehearsal else ""),
        Line("word", first_word),
        Line("wordMore", more_of_it),
        Line("name", name),
        Line("otherName", other_name),
        Line("flags", flags(verdict, language)),
        Line("sentence", sentence(verdict, language)),
        Line("act", act(verdict, language, timezone)),
        Line(
            "first",
            first_admission(verdict, language, timezone) or _opening(verdict, language, timezone),
        ),
        Line("again", _shown_again(card, language, timezone)),
        Line("belonging", belonging(verdict, language)),
        Line("arrived", arrivals(verdict, language)),
        Line("offline", _decided_offline(verdict, language)),
    )
    return tuple(line for line in lines if line.text)


def word(card: Card, language: str) -> str:
    """Return the one word of a card."""
    verdict = card.verdict
    if verdict.fault:
        return say(language, "fault")
    if card.kind != verdict.kind:
        return say(language, "same_badge")
    left = verdict.kind == Kind.ADMITTED and verdict.scan.type == Direction.EXIT
    return say(language, "left" if left else verdict.kind)


def sentence(verdict: Verdict, language: str) -> str:
    """Return why somebody is refused or not confirmed yet, in the reader's language."""
    if verdict.is_foreign:
        return say(language, "not_ours")
    if verdict.fault:
        key, details = verdict.fault
        return say(language, key, **details)
    if verdict.kind == Kind.ADMITTED:
        return ""
    if verdict.kind == Kind.PENDING:
        return pending_message(language) if verdict.participant else say(language, "unchecked")
    if verdict.stop:
        return verdict.stop.get(language) or verdict.message
    if verdict.reason is not None and verdict.reason not in set(Reason):
        return verdict.message  # a newer server's reason: its own words are all there is
    return refusal_message(str(verdict.reason), language)


def flags(verdict: Verdict, language: str) -> str:
    """Return what a volunteer should know of the person, a line with its sign for each flag."""
    return "\n".join(
        f"{_SIGNS.get(flag['symbol'], '')} {for_reader(flag, 'sentence', language)}".strip()
        for flag in verdict.flags
    )


def act(verdict: Verdict, language: str, timezone: str) -> str:
    """Return what the volunteer does with a refused person; "" where nobody is refused."""
    if verdict.reason is None or verdict.stop or verdict.reason not in set(Reason):
        return ""
    said = act_said(verdict.next_step, verdict.reason, language, zone_named(timezone))
    return said[:1].upper() + said[1:]


def names_of(verdict: Verdict, language: str) -> list[str]:
    """Return the participant's name in the scripts it has, the reader's script first."""
    person = verdict.participant or {}
    return in_both_scripts(person.get("name"), person.get("name_ar"), language)


def short_name(verdict: Verdict, language: str) -> str:
    """Return the name by which a scan is listed: the person's, else the end of the code."""
    names = names_of(verdict, language)
    return names[0] if names else f"…{verdict.scan.code[-6:]}"


def in_both_scripts(name: str | None, name_ar: str | None, language: str) -> list[str]:
    """Return a name in the scripts it has, the one of the reader's language first."""
    names = [name_ar, name] if language == "ar" else [name, name_ar]
    return list(dict.fromkeys(text for text in names if text))


def first_admission(verdict: Verdict, language: str, timezone: str) -> str:
    """Return when and at which gate the person came in first, where the verdict tells."""
    first = verdict.first_admission
    if not (first and verdict.reason):
        return ""
    time = clock_time(first["at"], timezone)
    return say(language, "first_admission", time=time, gate=for_reader(first, "gate", language))


def for_reader(told: dict[str, Any], field: str, language: str) -> str:
    """Return a text of the server in the reader's script, or in the only one that there is."""
    latin, arabic = str(told.get(field) or ""), str(told.get(f"{field}_ar") or "")
    return (arabic or latin) if language == "ar" else (latin or arabic)


def belonging(verdict: Verdict, language: str) -> str:
    """Return category and delegation."""
    category = for_reader(verdict.participant or {}, "category", language)
    delegation = for_reader(verdict.delegation or {}, "name", language)
    return " · ".join(part for part in (category, delegation) if part)


def arrivals(verdict: Verdict, language: str) -> str:
    """Return how many of the delegation have come, more than its quota only by overrides."""
    delegation = verdict.delegation or {}
    if delegation.get("quota") is None:
        return ""
    arrived, quota = delegation.get("arrived", 0), delegation["quota"]
    return say(
        language, "arrived_over" if arrived > quota else "arrived", arrived=arrived, quota=quota
    )


def _opening(verdict: Verdict, language: str, timezone: str) -> str:
    step = verdict.next_step
    if verdict.opens_at is None or (step and step.act == NextStep.COME_BACK):
        return ""  # that act says it
    now = utc_text(verdict.scan.scanned_at)
    return say(language, "opens_at", time=clock_moment(verdict.opens_at, now, timezone))


def _shown_again(card: Card, language: str, timezone: str) -> str:
    if not card.is_same:
        return ""
    time = clock_time(utc_text(card.verdict.scan.scanned_at), timezone)
    return say(language, "shown_again", time=time)


def _decided_offline(verdict: Verdict, language: str) -> str:
    decided = verdict.offline and verdict.kind != Kind.PENDING
    return say(language, "decided_offline") if decided else ""
