"""Counters of tries: all of a try's counters or none, returned, expiring, and bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from checkin.db.models import LimitCounter
from checkin.services.limits.counters import Counter, KeptApart
from checkin.services.limits.in_database import DatabaseCounters
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.in_redis import RedisCounters, connect_redis
from tests.services.limits.conftest import at_once
from tests.support.waiting import wait_for

#: Redis has a clock of its own, so these begin now
NOW = datetime.now(UTC)
MINUTE = Counter("minute", 3, 60)
HOUR = Counter("hour", 5, 3_600)
ADDRESS, OTHER = Counter("address", 2, 60), Counter("other", 2, 60)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_counter_admits_up_to_its_limit_and_then_tells_how_long_to_wait(counters):
    passed = [counters.reserve([MINUTE], NOW) for _ in range(3)]
    refused = counters.reserve([MINUTE], NOW)

    assert passed == [None] * 3
    assert 55 < refused <= 60


def test_a_try_refused_by_one_full_counter_is_not_counted_by_the_others(counters):
    assert [counters.reserve([ADDRESS], NOW) for _ in range(2)] == [None] * 2

    assert counters.reserve([OTHER, ADDRESS], NOW) is not None

    assert [counters.reserve([OTHER], NOW) for _ in range(2)] == [None] * 2
    assert counters.reserve([OTHER], NOW) is not None


def test_of_several_full_counters_the_longest_wait_is_told(counters):
    long, short = Counter("long", 1, 3_600), Counter("short", 1, 60)
    counters.reserve([short, long], NOW)

    assert 3_590 < counters.reserve([long, short], NOW) <= 3_600


def test_a_reservation_given_back_can_be_used_again(counters):
    for _ in range(10):
        assert counters.reserve([MINUTE, HOUR], NOW) is None
        counters.give_back([MINUTE, HOUR], NOW)

    assert [counters.reserve([MINUTE], NOW) for _ in range(3)] == [None] * 3


def test_giving_back_without_a_reservation_frees_nothing(counters):
    counters.give_back([MINUTE], NOW)
    counters.give_back([MINUTE], NOW)

    assert [counters.reserve([MINUTE], NOW) for _ in range(3)] == [None] * 3
    assert counters.reserve([MINUTE], NOW) is not None


@pytest.mark.parametrize("place", ["memory", "sqlite", "postgres"])
def test_a_counter_starts_again_after_its_period(place, request):
    counters = MemoryCounters()
    if place != "memory":
        counters = DatabaseCounters(request.getfixturevalue(f"{place}_database"), at_once)
    for _ in range(3):
        counters.reserve([MINUTE, HOUR], NOW)

    assert counters.reserve([MINUTE, HOUR], later(59)) == 1
    assert counters.reserve([MINUTE, HOUR], later(60)) is None
    assert counters.reserve([MINUTE, HOUR], later(61)) is None
    assert counters.reserve([MINUTE, HOUR], later(62)) == 3_600 - 62


def test_counters_expire_in_redis(redis):
    blink = Counter("blink", 1, 1)
    with connect_redis(redis.url) as client:
        counters = RedisCounters(client)
        assert counters.reserve([blink], NOW) is None

        wait_for(lambda: counters.reserve([blink], NOW) is None)


def test_a_flood_of_keys_neither_grows_memory_nor_resets_full_counters():
    counters, victim = MemoryCounters(most_keys=1_000), Counter("victim", 3, 60)
    for _ in range(3):
        counters.reserve([victim], NOW)

    for number in range(20_000):
        counters.reserve([Counter(f"name {number}", 10, 86_400)], NOW)

    assert len(counters) <= 1_000
    assert counters.reserve([victim], NOW) is not None


def rows_in(database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(LimitCounter))


def test_a_flood_of_keys_neither_grows_the_table_nor_resets_full_counters(database):
    counters, victim = DatabaseCounters(database, at_once, most_rows=100), Counter("victim", 3, 60)
    for _ in range(3):
        counters.reserve([victim], NOW)
    for number in range(300):
        counters.reserve([Counter(f"name {number}", 10, 86_400)], NOW)

    counters.tidy(NOW)

    assert rows_in(database) == 90
    assert counters.reserve([victim], NOW) is not None


def test_expired_counters_are_deleted_from_the_table_in_the_background(database):
    asked = []
    counters = DatabaseCounters(database, asked.append)
    counters.reserve([MINUTE], NOW)
    counters.reserve([HOUR], later(70))
    assert (rows_in(database), len(asked)) == (2, 2)

    asked[-1]()

    assert rows_in(database) == 1


def test_expired_counters_are_deleted_after_a_time_or_a_number_of_tries(database, monkeypatch):
    monkeypatch.setattr("checkin.services.limits.in_database.TIDY_AFTER", 50)
    asked = []
    counters = DatabaseCounters(database, asked.append)
    for _ in range(120):
        counters.reserve([HOUR], NOW)

    assert len(asked) == 3


def test_on_sqlite_only_counters_that_must_survive_a_restart_are_in_the_file(sqlite_database):
    def started() -> KeptApart:
        return KeptApart(MemoryCounters(), DatabaseCounters(sqlite_database, at_once))

    kept, passing = Counter("day", 2, 86_400, kept=True), Counter("minute", 2, 60)
    first = started()
    assert [first.reserve([passing, kept], NOW) for _ in range(2)] == [None] * 2
    assert rows_in(sqlite_database) == 1

    second = started()

    assert second.reserve([passing, kept], NOW) == 86_400
    assert [second.reserve([passing], NOW) for _ in range(2)] == [None] * 2  # none was left counted
    second.give_back([passing, kept], NOW)
    assert second.reserve([passing, kept], NOW) is None
