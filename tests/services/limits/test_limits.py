"""The limits' rules: counted before a try, under short anonymous keys, and documented."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkin.errors import TooManyRequests
from checkin.services.limits import rules
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.limits import Limits, wait_in_words
from checkin.services.limits.rules import (
    FORGOTTEN_CONTACT,
    JOINING_CONTACT,
    PASSWORDS_ADDRESS,
    PASSWORDS_PAIR,
    PINS,
    RULES,
)
from tests.support.factories import KEYS, limits

DOCS = Path(__file__).parents[3] / "docs" / "accounts.md"


class Seen(MemoryCounters):
    """Remembers the keys that it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    def reserve(self, wanted, now):
        self.keys += [one.key for one in wanted]
        return super().reserve(wanted, now)


def test_a_try_counts_against_every_rule_and_a_full_rule_tells_the_wait():
    mine = limits()
    for _ in range(5):
        mine.reserve((PINS, "7"))

    with pytest.raises(TooManyRequests, match="too many wrong PINs: wait a minute") as told:
        mine.reserve((PINS, "7"))
    assert 59 < told.value.wait_s <= 60
    mine.reserve((PINS, "8"))


def test_a_daily_limit_holds_although_no_minute_s_limit_is_reached():
    clock = [datetime(2026, 11, 28, 9, 0, tzinfo=UTC)]
    mine = Limits(MemoryCounters(), KEYS.limits, lambda: clock[0])
    for _ in range(100):
        mine.reserve((PINS, "7"))
        clock[0] += timedelta(seconds=30)

    with pytest.raises(TooManyRequests, match="wait 24 hours"):
        mine.reserve((PINS, "7"))


def test_each_rule_counts_separately():
    mine = limits()
    for _ in range(3):
        mine.reserve((JOINING_CONTACT, "a@example.org"))

    mine.reserve((FORGOTTEN_CONTACT, "a@example.org"))
    with pytest.raises(TooManyRequests):
        mine.reserve((JOINING_CONTACT, "a@example.org"))


@pytest.mark.parametrize("typed", ["", "a@example.org", "x" * 450_000, "é\udcff" * 1000, "\0'\n"])
def test_a_counter_s_key_is_a_short_hash_of_whatever_was_typed(typed):
    seen = Seen()

    Limits(seen, KEYS.limits).reserve((PASSWORDS_PAIR, typed), (PASSWORDS_ADDRESS, "203.0.113.7"))

    assert all(re.fullmatch(r"[\w' ]+:\d+:[0-9a-f]{32}", key) for key in seen.keys)
    assert max(map(len, seen.keys)) <= 120
    assert "203" not in "".join(key.rpartition(":")[0] for key in seen.keys)
    assert len(set(seen.keys)) == 3


def test_counter_keys_differ_between_installations():
    ours, theirs = Seen(), Seen()
    Limits(ours, KEYS.limits).reserve((PINS, "7"))
    Limits(theirs, b"another").reserve((PINS, "7"))

    assert not set(ours.keys) & set(theirs.keys)


@pytest.mark.parametrize(
    ("wait_s", "told"),
    [
        (0, "a minute"),
        (60, "a minute"),
        (61, "2 minutes"),
        (7_140, "119 minutes"),
        (7_200, "2 hours"),
        (7_201, "3 hours"),
        (86_400, "24 hours"),
    ],
)
def test_a_wait_is_rounded_up_to_minutes(wait_s, told):
    assert wait_in_words(wait_s) == told


def test_the_table_holds_every_rule_and_no_two_of_one_name():
    defined = {one.name for one in vars(rules).values() if isinstance(one, rules.Rule)}

    assert len(RULES) == len({rule.name for rule in RULES})
    assert {rule.name for rule in RULES} == defined


def test_the_page_tells_every_rule_with_its_numbers():
    section = DOCS.read_text("utf-8").partition("## Guessing")[2].partition("\n## ")[0]
    told = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)

    expected = [(one.what, one.by, ", ".join(map(str, one.budgets))) for one in RULES]
    assert [row for row in told if row[0] != "what" and not row[0].startswith("-")] == expected
