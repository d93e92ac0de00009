"""The places where tries are counted: every test of them runs in each."""

from __future__ import annotations

import pytest

from checkin.services.limits.counters import Counters
from checkin.services.limits.in_database import DatabaseCounters
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.in_redis import RedisCounters, connect_redis

PLACES = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres), "redis"]


def at_once(work) -> None:
    """Do in the foreground what a server does in the background."""
    work()


@pytest.fixture(params=PLACES)
def counters(request) -> Counters:
    """Counters of one kind, and of the others in the next runs of the test."""
    if request.param == "memory":
        yield MemoryCounters()
    elif request.param == "redis":
        with connect_redis(request.getfixturevalue("redis").url) as client:
            yield RedisCounters(client)
    else:
        yield DatabaseCounters(request.getfixturevalue(f"{request.param}_database"), at_once)
