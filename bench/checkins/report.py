"""The results of the check-in runs: a table with ratios, and which aims were reached."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.checkins.measuring import ROWS, Run, Runs
from bench.setup.figures import Table, median_and_best, shown

_MIN_RATIO, _MAX_CPU_MS, _MAX_P99_MS, _MAX_MS, _MAX_STATEMENTS = 0.6, 3.0, 50.0, 1000.0, 6
_HEADS = (
    "connections",
    "",
    "check-ins/s",
    "ours/floor",
    "p50, ms",
    "p99, ms",
    "max, ms",
    "CPU ms each",
    "database's",
    "load's share",
    "5xx",
)


def checkin_table(name: str, runs: Runs) -> Table:
    """Return a table of the medians over the rounds, with the best round beside them."""
    rows = [
        [row, who, *_cells(runs[row, who], _ratio(runs, row) if who == "ours" else None)]
        for row in ROWS
        for who in ("ours", "floor", "bare")
        if (row, who) in runs
    ]
    data = {f"{row} {who}": [asdict(run) for run in each] for (row, who), each in runs.items()}
    return Table(f"Check-ins, {name}: median (best) of the rounds", _HEADS, rows, data)


def aims_table(name: str, runs: Runs, statements: float) -> Table:
    """Return a table with the result for each aim."""
    ours = [run for row in ROWS for run in runs[row, "ours"]]
    sixteen = runs["16", "ours"]
    reached = [
        *(_aim(f"ours/floor at {row}", _ratio(runs, row), _MIN_RATIO, least=True)
          for row in ("4", "16")),
        _aim("CPU ms a check-in, 16", _median(sixteen, "cpu_ms"), _MAX_CPU_MS),
        _aim("statements a check-in", statements, _MAX_STATEMENTS),
        _aim("p99 at 16, ms", _median(sixteen, "p99_ms"), _MAX_P99_MS),
        _aim("longest of all, ms", max(run.max_ms for run in ours), _MAX_MS),
        _aim("5xx", sum(run.faults_5xx for run in ours), 0),
        _aim("admissions of one badge", max(run.admitted for run in runs[ROWS[-1], "ours"]), 1),
    ]  # fmt: skip
    heads = ("aim", "measured", "limit", "reached")
    return Table(f"Aims, {name}", heads, reached, [list(row) for row in reached])


def _aim(what: str, measured: float, limit: float, *, least: bool = False) -> Sequence[str]:
    met = measured >= limit if least else measured <= limit
    sign = "≥" if least else "≤"
    return what, shown(measured), f"{sign} {limit:g}", "yes" if met else "no"


def _ratio(runs: Runs, row: str) -> float:
    """Return the median of each round's ratio: what slowed a round slowed both of its runs."""
    pairs = zip(runs[row, "ours"], runs[row, "floor"], strict=True)
    return statistics.median(ours.per_s / floor.per_s for ours, floor in pairs)


def _median(runs: Sequence[Run], name: str) -> float:
    return statistics.median(getattr(run, name) or 0.0 for run in runs)


def _cells(runs: Sequence[Run], ratio: float | None) -> list[str]:
    def values(name: str) -> list[Any]:
        return [getattr(run, name) for run in runs]

    def spread(name: str, *, higher_is_better: bool = False) -> str:
        if None in values(name):
            return "–"
        return median_and_best(values(name), higher_is_better=higher_is_better)

    return [
        spread("per_s", higher_is_better=True),
        shown(ratio) if ratio is not None else "",
        spread("p50_ms"),
        spread("p99_ms"),
        shown(max(values("max_ms"))),
        spread("cpu_ms"),
        spread("database_cpu_ms"),
        f"{statistics.median(values('load_share')):.0%}",
        str(sum(values("faults_5xx"))),
    ]
