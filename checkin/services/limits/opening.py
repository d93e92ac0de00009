"""Choose where tries are counted."""

from __future__ import annotations

from checkin.db.engine import Database
from checkin.services.limits.counters import Counters, KeptApart
from checkin.services.limits.in_database import DatabaseCounters, InBackground
from checkin.services.limits.in_memory import MemoryCounters


def open_counters(database: Database, url: str, in_background: InBackground) -> Counters:
    """Return the counters of this installation.

    PostgreSQL may serve several nodes, so all of them count in it. SQLite serves one process: that
    counts in memory, and no flood of tries takes turns from scans; only what a restart must not
    forget is in the file.

    Args:
        url: of a Redis that counts instead, or "".
        in_background: does what no answer waits for.
    """
    if url:
        # Late: few installations have one, and the library takes a while to load.
        from checkin.services.limits.in_redis import RedisCounters, WhileAway, connect_redis

        return WhileAway(RedisCounters(connect_redis(url)), MemoryCounters())
    kept = DatabaseCounters(database, in_background)
    return kept if database.dialect == "postgresql" else KeptApart(MemoryCounters(), kept)
