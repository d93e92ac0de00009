"""The response bodies for practice badges, in the form of those for real badges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason, step_for
from checkin.domain.scanning.rehearsal import practice_message
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning.rehearsal import PracticeAnswer
from checkin.web.api.bodies.verdict_bodies import first_admission_body, next_step_body
from checkin.web.site.json import utc_text


def practice_body(answer: PracticeAnswer, language: str, at: datetime) -> dict[str, Any]:
    """Return the response body for a live scan of a practice badge, which names nobody."""
    verdict, reading, first = answer.verdict, answer.reading, answer.first
    return {
        "scan_id": str(reading.scan_id),
        "status": verdict.status,
        "reason": verdict.reason,
        "message": practice_message(
            verdict.status,
            verdict.reason,
            language,
            Direction(reading.direction),
            over=answer.over,
        ),
        "participant": None,
        "delegation": None,
        "first_admission": first_admission_body(first),
        "next_step": next_step_body(step_for(verdict.reason) if verdict.reason else None),
        "flags": [],
        "replayed": False,
        "server_time": utc_text(at),
        "rehearsal": not answer.over,
    }


def practice_result(answer: PracticeAnswer) -> dict[str, Any]:
    """Return the result for a practice badge in a batch: the device's own verdict stands."""
    decided = answer.reading.decided
    return {
        "scan_id": str(answer.reading.scan_id),
        "status": decided.status if decided else Status.ERROR,
        "reason": decided.reason if decided else Reason.INVALID,
        "conflict": False,
        "replayed": False,
        "error": None,
    }
