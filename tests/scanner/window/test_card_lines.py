from datetime import datetime

import pytest

from checkin.domain.scanning.next_steps import NextStep, Step
from scanner.core.scan import Scan, Verdict
from scanner.window.card_lines import lines_of
from scanner.window.recent_scans import Card
from tests.scanner.offline.lists import NOON


@pytest.mark.parametrize(
    ("opens_at", "told"),
    [
        ("2025-06-14T13:00:00Z", "Ouverture à 13:00"),
        ("2025-06-15T08:00:00Z", "Ouverture à 15/06 08:00"),
        (None, None),
    ],
)
def test_a_refusal_for_the_time_says_when_the_gate_opens(opens_at, told):
    scan = Scan(code="", scanned_at=NOON)
    verdict = Verdict(scan, "error", "invalid_time", "", opens_at=opens_at)

    lines = dict(lines_of(Card(verdict, 0.0), "fr", "UTC"))

    assert lines.get("first") == told


def test_who_is_told_to_come_back_reads_the_moment_once():
    scan, at = Scan(code="", scanned_at=NOON), "2025-06-15T08:00:00Z"
    step = Step(NextStep.COME_BACK, at=datetime.fromisoformat(at))
    verdict = Verdict(scan, "error", "invalid_time", "", opens_at=at, next_step=step)

    lines = dict(lines_of(Card(verdict, 0.0), "fr", "UTC"))

    assert lines["act"] == "Dire de revenir à l’ouverture, 15/06\u00a008:00"
    assert "first" not in lines
