"""Measure transactions without HTTP: the floor's three statements, from threads of one process.

Reads `url`, `threads`, and `tokens` (hexadecimal hashes) as JSON, writes what it measured.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

from bench.floor.checkin import check_in
from checkin.db.engine import Database


def timed(database: Database, token: bytes) -> float:
    started = time.perf_counter()
    check_in(database, token, uuid4())
    return (time.perf_counter() - started) * 1000


def main() -> None:
    plan = json.load(sys.stdin)
    database = Database(plan["url"])
    first, *rest = (bytes.fromhex(text) for text in plan["tokens"])
    check_in(database, first, uuid4())  # connects, compiles
    started, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(plan["threads"]) as pool:
        times = list(pool.map(partial(timed, database), rest))
    done = {
        "seconds": time.perf_counter() - started,
        "cpu_s": time.process_time() - cpu,
        "times_ms": times,
    }
    database.dispose()
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main()
