"""Summarise the figures of repeated runs, and format them."""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median_and_best(values: Sequence[float], *, higher_is_better: bool) -> str:
    """Return "median (best)": on a machine with other work the best run was disturbed least."""
    best = max(values) if higher_is_better else min(values)
    return f"{shown(statistics.median(values))} ({shown(best)})"


def shown(value: float | None) -> str:
    """Return a figure with three significant digits."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


@dataclass(frozen=True)
class Table:
    """A table of results: `rows` are texts, `data` what the JSON file keeps."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    data: Any

    def markdown(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.heads, *self.rows, strict=True)]
        return "\n".join(
            [
                f"### {self.title}",
                "",
                _line(self.heads, widths),
                _line(["-" * width for width in widths], widths),
                *(_line(row, widths) for row in self.rows),
                "",
            ]
        )


def _line(cells: Iterable[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


class Progress:
    """Tells on standard error how many steps are done and how long the rest will take."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._begun: list[float] = []

    def step(self, what: str) -> None:
        """Announce the step that begins; the previous one is done."""
        self._begun.append(time.monotonic())
        took = [end - start for start, end in pairwise(self._begun)]
        # The median, because loading the event takes as long as many other steps.
        left = statistics.median(took) * (self._steps - len(took)) if len(took) > 2 else None
        told = f"about {left:.0f} s left" if left is not None else "…"
        print(f"[{len(self._begun)}/{self._steps}] {told:18} {what}", file=sys.stderr, flush=True)
