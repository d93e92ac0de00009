"""Practice badges for rehearsals: each shows one verdict, decided by the rules of real badges."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from checkin.domain.scanning.facts import Direction, EntryPolicy, RegistrationStatus, ScanFacts
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status, Verdict, decide
from checkin.words.catalogues import msgid, say


class Practice(StrEnum):
    """The practice badges, in the order of their sheet."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    WRONG_GATE = "wrong_gate"
    RESERVE = "reserve"
    CANCELED = "canceled"
    REVOKED = "revoked"


_FACTS = {
    Practice.ADMITTED: ScanFacts(),
    Practice.ALREADY_IN: ScanFacts(entries=1, inside=True),
    Practice.WRONG_GATE: ScanFacts(gate_admits=False),
    Practice.RESERVE: ScanFacts(standing=RegistrationStatus.RESERVE),
    Practice.CANCELED: ScanFacts(standing=RegistrationStatus.CANCELED),
    Practice.REVOKED: ScanFacts(badge_revoked=True),
}
#: within the opening hours, and with room in the hall: only the badge decides the verdict
_POLICY = EntryPolicy()
_REHEARSAL = msgid("REHEARSAL")
_OVER = msgid("Practice badge: the rehearsal is over")


def practice_verdict(
    practice: Practice,
    at: datetime,
    *,
    direction: Direction = Direction.ENTRY,
    forced: bool = False,
) -> Verdict:
    """Decide the verdict of a practice badge, by the same function as for real badges."""
    facts = replace(_FACTS[practice], direction=direction, forced=forced)
    return decide(facts, at, _POLICY)


def practice_message(
    status: Status, reason: Reason | None, language: str, direction: Direction, *, over: bool
) -> str:
    """Return the sentence for a practice badge, which begins with the word for a rehearsal."""
    if over:
        return say("device", language, _OVER)
    said = verdict_message(status, reason, language, direction)
    return f"{say('device', language, _REHEARSAL)} · {said}"
