"""Scans at four gates, alone and while 200 boards are open."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.checkins import Rival, Run, measured
from bench.figures import Progress, Table, shown
from bench.processes import ROOT
from bench.stores import Store
from bench.venue import GATES, SCANS, Venue, scan_body

BOARDS = 200


def measure_streams(
    store: Store, venue: Venue, *, count: int, repeats: int, progress: Progress
) -> Table:
    runs: dict[int, list[Run]] = {0: [], BOARDS: []}
    with venue.served() as (port, pid):
        rival = Rival(port, pid, SCANS)
        _scan(store, venue, rival, 100)
        for at in range(repeats):
            progress.step(f"{store.name}: scans beside {BOARDS} boards, round {at + 1}/{repeats}")
            runs[0].append(_scan(store, venue, rival, count))
            with _boards(port, venue.tokens[-1], BOARDS):
                runs[BOARDS].append(_scan(store, venue, rival, count))
    rows = [[str(boards), *_medians(each)] for boards, each in runs.items()]
    ratio = _p99(runs[BOARDS]) / _p99(runs[0])
    rows.append(["ratio", "", "", shown(ratio), "", ""])
    heads = ["boards", "scans/s", "p50, ms", "p99, ms", "max, ms", "CPU ms each"]
    data = {str(boards): [vars(run) for run in each] for boards, each in runs.items()}
    return Table(f"{GATES} gates scan beside open boards, {store.name}", heads, rows, data)


def _p99(runs: list[Run]) -> float:
    return statistics.median(run.p99_ms for run in runs)


def _medians(runs: list[Run]) -> list[str]:
    names = ("per_s", "p50_ms", "p99_ms", "max_ms", "cpu_ms")
    return [shown(statistics.median(getattr(run, name) or 0 for run in runs)) for name in names]


def _scan(store: Store, venue: Venue, rival: Rival, count: int) -> Run:
    bodies = [scan_body(code) for code in venue.take_codes(count)]
    return measured(rival, venue.tokens[:GATES], bodies, store)


@contextmanager
def _boards(port: int, token: str, count: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.watchers", str(port), str(count), token],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the boards did not open")
        yield
    finally:
        process.communicate(timeout=30)
