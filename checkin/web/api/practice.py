"""The answers to practice badges, in the form of those to real ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.rehearsal import practice_message
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning.rehearsal import PracticeAnswer
from checkin.web.site.json import utc_text


def practice_body(answer: PracticeAnswer, language: str, at: datetime) -> dict[str, Any]:
    """Write the answer to a live scan; it names nobody, so that no device remembers anybody."""
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
        "first_admission": first and {"at": utc_text(first.at), "gate": first.gate_name},
        "replayed": False,
        "server_time": utc_text(at),
        "rehearsal": not answer.over,
    }


def practice_result(answer: PracticeAnswer) -> dict[str, Any]:
    """Write the answer to a scan of a batch: what the device had shown stands, and is forgotten."""
    decided = answer.reading.decided
    return {
        "scan_id": str(answer.reading.scan_id),
        "status": decided.status if decided else Status.ERROR,
        "reason": decided.reason if decided else Reason.INVALID,
        "conflict": False,
        "replayed": False,
        "error": None,
    }
