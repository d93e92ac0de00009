"""The verdict of a practice badge that no camera has to see."""

from __future__ import annotations

from datetime import datetime, timedelta

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.rehearsal import Practice, practice_message, practice_verdict
from scanner.core.scan import Scan, Verdict, utc_text

_EARLIER = timedelta(minutes=20)


def shown_practice(practice: Practice, gate: str, language: str, now: datetime) -> Verdict:
    """Return the verdict of a practice badge; nothing is counted, sent or kept."""
    decided = practice_verdict(practice, now)
    status, reason = decided.status, decided.reason
    message = practice_message(status, reason, language, Direction.ENTRY, over=False)
    first = {"at": utc_text(now - _EARLIER), "gate": gate}
    return Verdict(
        Scan(code="", scanned_at=now),
        status,
        reason,
        message,
        first_admission=first if reason == Reason.ALREADY_REDEEMED else None,
        rehearsal=True,
    )
