"""Measure check-ins over HTTP, of the program and the floor alternately, and bare transactions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.floor import checkin as floor
from bench.setup.figures import Progress, percentile
from bench.setup.processes import ROOT, cpu_s, free_port, server
from bench.setup.stores import Store
from bench.setup.venue import SCANS, Venue, scan_body
from checkin.db.engine import Database
from checkin.protocol.codes import parse_code, token_hash

LEVELS = (1, 4, 16)
CONTESTED = "one badge, 16"
ROWS = (*map(str, LEVELS), CONTESTED)
_WARM_UP = 200


@dataclass(frozen=True)
class Run:
    """One run of one row.

    Attributes:
        cpu_ms: of the server's processes, for each check-in; `database_cpu_ms` of PostgreSQL's.
        load_share: the part of one core that the load generator took.
    """

    per_s: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    cpu_ms: float | None
    database_cpu_ms: float | None
    load_share: float
    faults_5xx: int
    admitted: int


@dataclass(frozen=True)
class Rival:
    """One of the servers that are measured."""

    port: int
    pid: int
    path: str


Runs = dict[tuple[str, str], list[Run]]


def measure_checkins(
    store: Store, venue: Venue, *, count: int, repeats: int, progress: Progress
) -> Runs:
    """Measure each row `repeats` times: program, floor and bare transactions alternately."""
    needed = repeats * (len(LEVELS) * count + 1) + _WARM_UP
    codes = venue.take_codes(needed)
    url = store.url("floor")
    with venue.served() as (port, pid), _floor_served(store, url, codes) as bare:
        ours = Rival(port, pid, SCANS)
        rivals = {"ours": ours, "floor": bare}
        warm_up, codes = codes[:_WARM_UP], codes[_WARM_UP:]
        for rival in rivals.values():
            _load(rival, venue.tokens, [scan_body(code) for code in warm_up])
        return _rounds(store, venue, rivals, codes, url, count, repeats, progress)


def _rounds(
    store: Store,
    venue: Venue,
    rivals: dict[str, Rival],
    codes: list[str],
    url: str,
    count: int,
    repeats: int,
    progress: Progress,
) -> Runs:
    runs: Runs = defaultdict(list)
    for at in range(repeats):
        for row in ROWS:
            progress.step(f"{store.name}: check-ins, {row} connections, round {at + 1}/{repeats}")
            contested = row == CONTESTED
            mine, codes = (codes[:1], codes[1:]) if contested else (codes[:count], codes[count:])
            read = mine * count if contested else mine
            tokens = venue.tokens if contested else venue.tokens[: int(row)]
            # The order alternates, too: files and caches grow during a run.
            for name in sorted(rivals, reverse=at % 2 == 0):
                bodies = [scan_body(code) for code in read]
                runs[row, name].append(measured(rivals[name], tokens, bodies, store))
            if not contested:
                runs[row, "bare"].append(_bare(url, len(tokens), mine))
    return runs


def measured(
    rival: Rival, tokens: Sequence[str], bodies: Sequence[dict[str, str]], store: Store
) -> Run:
    pids = (rival.pid, store.pid)
    before = [cpu_s(pid) if pid else None for pid in pids]
    seen = _load(rival, tokens, bodies)
    after = [cpu_s(pid) if pid else None for pid in pids]
    cpu, database_cpu = (
        None if a is None or b is None else (b - a) / len(bodies) * 1000
        for a, b in zip(before, after, strict=True)
    )
    statuses = {int(status): number for status, number in seen["statuses"].items()}
    return Run(
        **_times(seen),
        cpu_ms=cpu,
        database_cpu_ms=database_cpu,
        load_share=seen["load_cpu_s"] / seen["seconds"],
        faults_5xx=sum(number for status, number in statuses.items() if status >= 500),
        admitted=seen["admitted"],
    )


def _times(seen: dict[str, Any]) -> dict[str, float]:
    times = seen["times_ms"]
    return {
        "per_s": len(times) / seen["seconds"],
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
        "max_ms": max(times),
    }


def _bare(url: str, threads: int, codes: list[str]) -> Run:
    # These badges were taken by the floor just now: the update finds nothing to change, and
    # the look-up, the insert and the commit are the same.
    hashes = [hash_of(code).hex() for code in codes]
    seen = _child("bench.floor.bare", {"url": url, "threads": threads, "tokens": hashes})
    cpu_ms = seen["cpu_s"] / len(codes) * 1000
    return Run(
        **_times(seen),
        cpu_ms=cpu_ms,
        database_cpu_ms=None,
        load_share=0.0,
        faults_5xx=0,
        admitted=0,
    )


def hash_of(code: str) -> bytes:
    token = parse_code(code)
    assert token is not None, code
    return token_hash(token)


@contextmanager
def _floor_served(store: Store, url: str, codes: list[str]) -> Iterator[Rival]:
    database = Database(url)
    floor.create_tables(database, [hash_of(code) for code in codes])
    database.dispose()
    port, log = free_port(), store.folder / "floor.log"
    command = ["-m", "bench.floor.serve", str(port)]
    with server(command, port, {floor.URL_VARIABLE: url}, log) as pid:
        yield Rival(port, pid, floor.PATH)


def _load(rival: Rival, tokens: Sequence[str], bodies: Sequence[dict[str, str]]) -> dict[str, Any]:
    plan = {"port": rival.port, "path": rival.path, "tokens": tokens, "bodies": bodies}
    return _child("bench.setup.load", plan)


def _child(module: str, plan: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2000:]}")
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen
