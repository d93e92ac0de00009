"""Measure scans at four gates, alone and while 200 boards are open."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.checkins.measuring import Rival, Run, measured
from bench.setup.figures import Progress, Table, shown
from bench.setup.processes import ROOT
from bench.setup.stores import Store
from bench.setup.venue import GATES, SCANS, Venue, organiser_cookie, scan_body
from checkin.services.board.stream_readers import MOST_OF_AN_ACCOUNT

BOARDS = 200
#: an account has few of them
ACCOUNTS = -(-BOARDS // MOST_OF_AN_ACCOUNT)
_SHOWN = ("per_s", "p50_ms", "p99_ms", "max_ms", "cpu_ms")
BOARD = "/events/rabat-2025/board/live"


def measure_streams(
    store: Store, venue: Venue, *, count: int, repeats: int, progress: Progress
) -> Table:
    """Scan alternately with and without boards, which signed-in organisers have open."""
    runs: dict[int, list[Run]] = {0: [], BOARDS: []}
    with venue.served() as (port, pid):
        rival = Rival(port, pid, SCANS)
        cookies = [organiser_cookie(venue, port, at) for at in range(ACCOUNTS)]
        _scan(store, venue, rival, 100)
        for at in range(repeats):
            progress.step(f"{store.name}: scans beside {BOARDS} boards, round {at + 1}/{repeats}")
            runs[0].append(_scan(store, venue, rival, count))
            with _boards(port, cookies, BOARDS):
                runs[BOARDS].append(_scan(store, venue, rival, count))
    rows = [[str(boards), *_medians(each)] for boards, each in runs.items()]
    rows.append(["ratio", *_ratios(runs[BOARDS], runs[0])])
    heads = ["boards", "scans/s", "p50, ms", "p99, ms", "max, ms", "CPU ms each"]
    data = {str(boards): [vars(run) for run in each] for boards, each in runs.items()}
    return Table(f"{GATES} gates scan beside open boards, {store.name}", heads, rows, data)


def _medians(runs: list[Run]) -> list[str]:
    return [shown(_median(runs, name)) for name in _SHOWN]


def _ratios(beside: list[Run], alone: list[Run]) -> list[str]:
    return [shown(_median(beside, name) / (_median(alone, name) or 1)) for name in _SHOWN]


def _median(runs: list[Run], name: str) -> float:
    return statistics.median(getattr(run, name) or 0 for run in runs)


def _scan(store: Store, venue: Venue, rival: Rival, count: int) -> Run:
    bodies = [scan_body(code) for code in venue.take_codes(count)]
    return measured(rival, venue.tokens[:GATES], bodies, store)


@contextmanager
def _boards(port: int, cookies: list[str], count: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.setup.watchers", str(port), str(count), BOARD, *cookies],
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
