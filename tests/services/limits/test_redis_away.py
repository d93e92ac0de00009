"""While Redis is unreachable, slow or empty, tries are counted without an error."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from checkin.services.limits.counters import Counter
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.in_redis import (
    RETRY_S,
    RedisCounters,
    WhileAway,
    connect_redis,
)
from tests.support.others.redis_server import redis_server

NOW = datetime.now(UTC)
PAIR = Counter("pair", 3, 60)


class Clock:
    """A clock that goes forward when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Asked:
    """Counts how often the shared counters were asked."""

    def __init__(self, counters) -> None:
        self._counters, self.times = counters, 0

    def reserve(self, wanted, now):
        self.times += 1
        return self._counters.reserve(wanted, now)

    def give_back(self, reserved, now):
        self.times += 1
        return self._counters.give_back(reserved, now)


@pytest.fixture
def own_redis():
    """A server that a test may stop."""
    with redis_server() as server:
        yield server


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(own_redis, clock):
    with connect_redis(own_redis.url) as client:
        asked = Asked(RedisCounters(client))
        yield WhileAway(asked, MemoryCounters(), clock), asked


def passed(counters, tries=6) -> int:
    return sum(counters.reserve([PAIR], NOW) is None for _ in range(tries))


def test_two_nodes_share_one_counter_in_redis(own_redis):
    with connect_redis(own_redis.url) as one, connect_redis(own_redis.url) as other:
        nodes = [WhileAway(RedisCounters(client), MemoryCounters()) for client in (one, other)]
        answers = [nodes[at % 2].reserve([PAIR], NOW) is None for at in range(6)]

    assert answers == [True] * 3 + [False] * 3


def test_while_redis_is_unreachable_each_node_counts_alone_and_logs_it_once(
    own_redis, node, clock, caplog
):
    counters, asked = node
    assert passed(counters) == 3
    own_redis.stop()

    with caplog.at_level(logging.WARNING):
        assert passed(counters) == 3
        assert passed(counters) == 0
        clock.now_s += RETRY_S + 1
        assert passed(counters) == 0

    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "limits are counted by each node alone"
    ]
    assert asked.times == 6 + 2  # one found it away, and one looked again later


def test_redis_is_used_again_once_it_answers(own_redis, node, clock, caplog):
    counters, asked = node
    own_redis.stop()
    passed(counters)
    own_redis.start()
    before = asked.times

    with caplog.at_level(logging.WARNING):
        passed(counters)
        assert asked.times == before
        clock.now_s += RETRY_S + 1
        assert passed(counters) == 3

    assert own_redis.size() == 1
    assert caplog.records[-1].message == "limits are counted in Redis again: it answers"


def test_a_hanging_redis_delays_only_the_first_try(own_redis, node, clock):
    counters, asked = node
    passed(counters)
    own_redis.freeze()

    assert passed(counters) == 3
    counters.give_back([PAIR], NOW)

    assert asked.times == 6 + 1
    own_redis.thaw()


def test_a_connection_closed_by_redis_is_opened_again(own_redis, node):
    counters, _asked = node
    passed(counters, 1)
    own_redis.stop()
    own_redis.start()

    assert passed(counters) == 3
    assert own_redis.size() == 1


def test_a_full_redis_is_treated_as_unreachable(own_redis, node):
    counters, _asked = node
    with connect_redis(own_redis.url) as client:
        client.config_set("maxmemory", "1")

    assert passed(counters) == 3
