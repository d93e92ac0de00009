"""Of concurrent tries as many pass as the limit allows, wherever they are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Lock

from sqlalchemy import select, update

from checkin.db.engine import Database, in_core_transaction
from checkin.db.models import LimitCounter
from checkin.services.limits.counters import Counter
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.in_redis import RedisCounters, connect_redis
from tests.support.racing import race

TRIES, ROOM = 60, 10
NOW = datetime.now(UTC)
PAIR, ADDRESS = Counter("pair", ROOM, 60), Counter("address", 40, 60)


def passed(answers) -> int:
    return sum(wait is None for wait in answers)


def test_of_sixty_concurrent_tries_ten_pass(counters):
    assert passed(race(TRIES, lambda _at: counters.reserve([PAIR], NOW))) == ROOM


def test_control_checking_before_counting_lets_all_tries_pass(counters):
    """As it was: look whether there is room, do the work, count what was wrong."""
    everybody, looking = Barrier(TRIES), Lock()

    def look_then_count(_at: int) -> float | None:
        with looking:
            found = counters.reserve([PAIR], NOW)
            if found is None:
                counters.give_back([PAIR], NOW)  # has only looked
        everybody.wait(60)
        counters.reserve([PAIR], NOW)
        return found

    assert passed(race(TRIES, look_then_count)) == TRIES


def test_tries_of_two_counters_in_either_order_never_deadlock_or_exceed_a_limit(counters):
    def either_way(at: int) -> float | None:
        wanted = [PAIR, ADDRESS] if at % 2 else [ADDRESS, PAIR]
        answer = counters.reserve(wanted, NOW)
        if answer is None and at % 3 == 0:
            counters.give_back(wanted[::-1], NOW)
            return 0.0
        return answer

    answers = race(TRIES, either_way)
    left = sum(counters.reserve([ADDRESS], NOW) is None for _ in range(TRIES))

    kept = passed(answers)
    assert kept <= ROOM
    assert left == 40 - kept


def test_concurrent_returns_are_all_counted(counters):
    for _ in range(ROOM):
        counters.reserve([PAIR], NOW)

    race(ROOM, lambda _at: counters.give_back([PAIR], NOW))

    assert sum(counters.reserve([PAIR], NOW) is None for _ in range(TRIES)) == ROOM


def test_control_memory_without_its_lock_lets_too_many_pass():
    everybody = Barrier(TRIES)

    class Unlocked(MemoryCounters):
        def _count(self, one, at):
            found = super()._count(one, at)
            everybody.wait(60)  # all have read before any writes
            return found

    class NoLock:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    counters = Unlocked()
    counters._mutex = NoLock()
    assert passed(race(TRIES, lambda _at: counters.reserve([PAIR], NOW))) == TRIES


def test_control_a_database_asked_in_two_statements_lets_too_many_pass(postgres_database):
    """Reading a count and writing it back is what the one statement of `reserve` replaces."""
    database = Database(postgres_database.url, connections=40)
    everybody = Barrier(12)
    with postgres_database.write() as session:
        session.add(LimitCounter(key=PAIR.key, count=0, expires_at=NOW))

    def read_then_write(_at: int) -> float | None:
        def work(connection):
            count = connection.scalar(
                select(LimitCounter.count).where(LimitCounter.key == PAIR.key)
            )
            everybody.wait(60)
            connection.execute(
                update(LimitCounter).where(LimitCounter.key == PAIR.key).values(count=count + 1)
            )
            return None if count < ROOM else 60.0

        return in_core_transaction(database, work)

    assert passed(race(12, read_then_write)) > ROOM
    database.dispose()


def test_control_redis_asked_in_two_commands_lets_too_many_pass(redis):
    """Reading a count and adding to it is what the script of `reserve` replaces."""
    everybody = Barrier(TRIES)
    with connect_redis(redis.url) as client:

        def read_then_add(_at: int) -> float | None:
            count = int(client.get("count") or 0)
            everybody.wait(60)
            client.incr("count")
            return None if count < ROOM else 60.0

        assert passed(race(TRIES, read_then_add)) > ROOM
        assert passed(race(TRIES, lambda _: RedisCounters(client).reserve([PAIR], NOW))) == ROOM
