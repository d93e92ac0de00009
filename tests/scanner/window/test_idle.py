"""What the window shows while nobody comes."""

from datetime import UTC, datetime

import pytest

from checkin.domain.scanning.rehearsal import Practice
from scanner.core.scan import Kind
from scanner.window.idle import IdleGate, idle_gate
from scanner.window.practice import shown_practice

NOON = datetime(2025, 6, 14, 12, 0, 30, tzinfo=UTC)
ALWAYS_OPEN = {
    **{"reentry": "single", "capacity": None, "grace_s": 600, "reserve_from": None},
    **{"doors_open_at": None, "doors_close_at": None},
}
POLICY = ALWAYS_OPEN | {
    "doors_open_at": "2025-06-14T14:00:00Z",
    "doors_close_at": "2025-06-14T18:00:00Z",
}


@pytest.mark.parametrize(
    ("policy", "now", "sentence"),
    [
        (POLICY, NOON, "Doors open in 2 h 00, at 14:00"),
        (POLICY, NOON.replace(hour=13, minute=59), "Doors open in 1 min, at 14:00"),
        (POLICY, NOON.replace(hour=15), "Doors open until 18:00"),
        (POLICY, NOON.replace(hour=18), "Doors closed"),
        (ALWAYS_OPEN, NOON, "Doors open"),
        (None, NOON, ""),
    ],
)
def test_an_idle_gate_says_how_its_doors_stand(policy, now, sentence):
    assert idle_gate(policy, 1, "UTC", now).sentence("en") == sentence


def test_what_looks_the_same_is_equal_so_that_it_is_not_drawn_anew():
    seconds = {idle_gate(POLICY, 1, "UTC", NOON.replace(second=second)) for second in (1, 30, 59)}

    assert seconds == {IdleGate(False, "14:00", 120)}


def test_practice_shows_each_verdict_and_counts_none():
    shown = [shown_practice(practice, "Porte A", "en", NOON) for practice in Practice]

    assert [verdict.kind for verdict in shown] == [
        Kind.ADMITTED,
        Kind.ALREADY,
        *[Kind.REFUSED] * 4,
    ]
    assert {(verdict.rehearsal, verdict.participant, verdict.scan.code) for verdict in shown} == {
        (True, None, "")
    }
    assert shown[1].first_admission == {"at": "2025-06-14T11:40:30.000Z", "gate": "Porte A"}
