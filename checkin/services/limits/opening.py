"""Choose where attempts are counted: in the database, in memory or in Redis."""

from __future__ import annotations

from checkin.db.engine import Database
from checkin.services.limits.counters import Counters, KeptApart
from checkin.services.limits.in_database import DatabaseCounters, InBackground
from checkin.services.limits.in_memory import MemoryCounters


def open_counters(database: Database, url: str, in_background: InBackground) -> Counters:
    """Return the counters that this installation uses.

    PostgreSQL may serve several nodes, so all of them count in it. SQLite serves one process, which
    counts in memory, so that a flood of attempts does not delay the writes of scans; only counters
    that a restart must not forget are in the file.

    Args:
        url: the address of a Redis that counts instead, or "".
        in_background: runs work that no response waits for.
    """
    if url:
        # Late: few installations have one, and the library takes a while to load.
        from checkin.services.limits.in_redis import RedisCounters, WhileAway, connect_redis

        return WhileAway(RedisCounters(connect_redis(url)), MemoryCounters())
    kept = DatabaseCounters(database, in_background)
    return kept if database.dialect == "postgresql" else KeptApart(MemoryCounters(), kept)
