"""Counters of attempts in Redis, shared by every node; in this process while Redis is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.retry import Retry

from checkin.services.limits.counters import Counter, Counters

T = TypeVar("T")
_log = logging.getLogger(__name__)

SCHEMES = ("redis", "rediss", "unix")
_PREFIX = "marhaba:limits:"
#: nobody waits for Redis any longer; within a house it answers in a thousandth of it
TIMEOUT_S = 0.3
#: after it did not answer, so long until one try asks it again
RETRY_S = 5.0

#: Adds one to each key, or to none where one is full. ARGV: most and milliseconds of each key.
#: Returns -1, or the milliseconds until none of the full ones is full.
_RESERVE = """
local wait = -1
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
    wait = math.max(wait, redis.call('PTTL', key))
  end
end
if wait > -1 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return -1
"""
#: Takes one away from each key that is there and has one; its end stays.
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


def connect_redis(url: str) -> Redis:
    """Return a client of the Redis at this address; it connects when it is first used.

    Args:
        url: redis://, rediss:// or unix://.
    """
    # Once more at once, because Redis may have closed a connection that was kept.
    retry = Retry(NoBackoff(), 1, supported_errors=(NoConnection,))
    return Redis.from_url(
        url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=retry
    )


class RedisCounters:
    """Counts an attempt in all its counters by one script. Every call may raise a RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._reserve: Any = redis.register_script(_RESERVE)
        self._give_back: Any = redis.register_script(_GIVE_BACK)

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:  # noqa: ARG002
        """See `Counters`; the clock is Redis's."""
        numbers = [number for one in wanted for number in (one.most, one.window_s * 1000)]
        wait_ms = int(self._reserve(keys=_keys(wanted), args=numbers))
        return None if wait_ms < 0 else wait_ms / 1000

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:  # noqa: ARG002
        """See `Counters`."""
        self._give_back(keys=_keys(reserved))


class WhileAway:
    """Counts in this process as long as the shared counters do not respond.

    Each node then has budgets of its own: an attacker gets the budget of each node, but bringing
    Redis down keeps nobody from signing in.

    Args:
        shared: the shared counters, which may raise a RedisError.
        elapsed_s: a monotonic clock.
    """

    def __init__(
        self, shared: Counters, own: Counters, elapsed_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared, self._own, self._elapsed_s = shared, own, elapsed_s
        self._mutex = Lock()
        self._away_until: float | None = None

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """See `Counters`."""
        return self._try_shared(lambda counters: counters.reserve(wanted, now))

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """See `Counters`."""
        self._try_shared(lambda counters: counters.give_back(reserved, now))

    def _try_shared(self, ask: Callable[[Counters], T]) -> T:
        if not self._is_worth_asking():
            return ask(self._own)
        try:
            answer = ask(self._shared)
        except RedisError as fault:
            self._start_pause(fault)
            return ask(self._own)
        self._came_back()
        return answer

    def _is_worth_asking(self) -> bool:
        with self._mutex:
            if self._away_until is None:
                return True
            if self._elapsed_s() < self._away_until:
                return False
            self._away_until = self._elapsed_s() + RETRY_S  # one asks, the others go on
            return True

    def _start_pause(self, fault: RedisError) -> None:
        with self._mutex:
            is_news, self._away_until = self._away_until is None, self._elapsed_s() + RETRY_S
        if is_news:
            _log.warning(
                "limits are counted by each node alone: Redis does not answer (%s)",
                type(fault).__name__,
            )

    def _came_back(self) -> None:
        with self._mutex:
            was_away, self._away_until = self._away_until is not None, None
        if was_away:
            _log.warning("limits are counted in Redis again: it answers")


def _keys(counters: Sequence[Counter]) -> list[str]:
    return [_PREFIX + one.key for one in counters]
