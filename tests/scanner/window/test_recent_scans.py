import json
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.core.scan import Kind, Scan, Verdict
from scanner.server.verdicts import foreign_verdict
from scanner.window.recent_scans import RecentScan, RecentScans

VECTORS = Path(__file__).parents[2] / "vectors" / "recent_scans.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"]
NAMES = {Kind.ADMITTED: "ok"}
TOLD = {
    "ok": {"status": "ok", "reason": None},
    "pending": {"status": "ok", "reason": None, "offline": True},
    "already": {"status": "error", "reason": "already_redeemed"},
    "refused": {"status": "error", "reason": "blocked"},
}


def a_verdict(letter, kind, **more):
    return Verdict(Scan(code=letter, scan_id=letter), message="", **TOLD[kind], **more)


def after(recent, occurred, at_s):
    match occurred:
        case {"verdict": [letter, kind, *party], **more}:
            if "overridden" in more:
                recent = recent.without(more["overridden"])
            return recent.with_verdict(a_verdict(letter, kind), at_s, next(iter(party), None))
        case {"again": letter}:
            return recent.with_same_badge(letter, at_s)
        case {"foreign": True}:
            return recent.with_foreign_code(foreign_verdict("fr"), at_s)
        case {"practice": kind}:
            return recent.with_verdict(a_verdict("", kind, rehearsal=True), at_s, None)
        case {"undone": letter}:
            return recent.undone(letter)
        case {"dismiss": True}:
            return recent.dismissed()
    return recent.at_time(at_s)


def shown(recent):
    cards = [
        ("↺ " if card.is_same else "")
        + f"{name_of(card.verdict)} {NAMES.get(card.kind, card.kind)}"
        for card in recent.cards
    ]
    return {"cards": cards, "list": [row(scan) for scan in recent.listed]}


def name_of(verdict):
    return verdict.scan.code or ("practice" if verdict.rehearsal else "foreign")


def row(scan):
    kind = scan.verdict.kind
    done = "undone" if scan.is_undone else "undo" if scan.may_be_undone else ""
    done = done or ("override" if scan.may_be_overridden else "")
    return f"{scan.scan_id} {NAMES.get(kind, kind)} {done}".strip()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cards_and_list_show_what_the_vectors_say(case):
    recent = RecentScans()
    for at_s, occurred, expected in case["steps"]:
        recent = after(recent, occurred, at_s)
        assert {part: shown(recent)[part] for part in expected} == expected


def test_what_no_supervisor_answers_for_is_not_offered():
    refused = a_verdict("A", "refused")
    others = [
        replace(refused, reason="revoked"),
        replace(refused, fault=("spool_unwritable", {})),
        replace(refused, reason="invalid_time", stop={"fr": "Alarme"}),
        a_verdict("A", "ok", rehearsal=True),
    ]

    offered = [RecentScan(verdict).may_be_overridden for verdict in (refused, *others)]

    assert offered == [True, False, False, False, False]
    assert RecentScan(replace(refused, reason="of_tomorrow")).may_be_overridden
    assert not RecentScan(others[-1]).may_be_undone  # practice takes back nobody who really came
