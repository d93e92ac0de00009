"""Badges a second: `python -m bench.badges [--quick]`; every figure beside what it is made of.

Each row runs in a process of its own, so that its memory is its own; the rounds alternate rows, so
that what slows the machine slows all of them. CPU seconds are what a ratio can be trusted with on
a machine with other work.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from badges.pdf import badge_sheets_pdf, single_badge_pdf
from badges.phone import phone_badge_png
from badges.qr import qr_png, qr_svg
from badges.spec import SHAPES, BadgeSpec
from checkin.protocol.codes import format_code
from checkin.services.lifecycle.demo_names import FAMILY_NAMES, GIVEN_NAMES

#: the aims for 1,000 badges on sheets
_MAX_S, _MAX_MB, _MAX_BYTES = 2.0, 300.0, 2_000_000


@dataclass(frozen=True)
class Run:
    """One run of one row; `bytes` of all files together."""

    badges: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    bytes: int


Work = Callable[[Sequence[BadgeSpec]], int]


def _blank_sheets(specs: Sequence[BadgeSpec]) -> int:
    # The same pages with nothing to lay out: one badge's letters for all, one code for all.
    return len(badge_sheets_pdf([specs[0]] * len(specs)))


ROWS: dict[str, Work] = {
    "nothing new to draw: one badge, over and over": _blank_sheets,
    "bare codes, SVG": lambda specs: sum(len(qr_svg(spec.code)) for spec in specs),
    "bare codes, PNG": lambda specs: sum(len(qr_png(spec.code)) for spec in specs),
    "sheets of 8": lambda specs: len(badge_sheets_pdf(specs)),
    "sheets of 10 cards": lambda specs: len(badge_sheets_pdf(specs, design="card")),
    "sheets of 4, A6": lambda specs: len(badge_sheets_pdf(specs, design="a6")),
    "letters, one PDF each": lambda specs: sum(len(single_badge_pdf(spec)) for spec in specs),
    "telephone PNGs": lambda specs: sum(len(phone_badge_png(spec)) for spec in specs),
}
_SHEETS = ("sheets of 8", "sheets of 10 cards", "sheets of 4, A6")
_FLOOR = "bare codes, SVG"
#: one file a badge takes ten times as long: a fifth of the badges is enough
_ONE_BY_ONE = ("letters, one PDF each", "telephone PNGs")


def people(count: int) -> list[BadgeSpec]:
    """Invent participants, nearly all with a name of their own, in both scripts."""
    specs = []
    for at in range(count):
        first = GIVEN_NAMES[at % len(GIVEN_NAMES)]
        family = FAMILY_NAMES[at * 7 // len(GIVEN_NAMES) % len(FAMILY_NAMES)]
        specs.append(
            replace(
                _ONE,
                code=format_code(sha256(b"%d" % at).digest()[:16]),
                number=str(at + 1),
                name=f"{first[0]} {family[0]} {at % 97}",
                name_ar=f"{first[1]} {family[1]}",
                category_shape=SHAPES[at % len(SHAPES)],
            )
        )
    return specs


_ONE = BadgeSpec(
    code="M" + "0" * 28,
    number="1",
    name="-",
    delegation="Khémisset",
    delegation_ar="الخميسات",
    category="Conseil national",
    category_ar="المجلس الوطني",
    event_name="Rencontre régionale",
    event_name_ar="اللقاء الجهوي",
    starts_at=datetime(2025, 6, 14, 15, tzinfo=UTC),
    venue="Complexe Ibn Rochd, Rabat",
)


def run_alone(row: str, count: int) -> Run:
    """Run one row in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(_measured, (row, count))


def _measured(row: str, count: int) -> Run:
    specs = people(count)
    ROWS[row](specs[:1])  # loads fonts and libraries, which a server has done long before
    wall, cpu = time.perf_counter(), time.process_time()
    written = ROWS[row](specs)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(count, wall, cpu, peak, written)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.badges", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 badges, one round")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every run here")
    arguments = parser.parse_args()
    count, rounds = (200, 1) if arguments.quick else (1000, 3)
    runs: dict[str, list[Run]] = {row: [] for row in ROWS}
    for _ in range(rounds):
        for row, done in runs.items():
            done.append(run_alone(row, count // 5 if row in _ONE_BY_ONE else count))
    print(_report(runs, count))
    if arguments.json:
        body = {row: [asdict(run) for run in done] for row, done in runs.items()}
        arguments.json.write_text(json.dumps({"badges": count, "runs": body}, indent=1))


def _report(runs: dict[str, list[Run]], count: int) -> str:
    lines = [
        f"### {count:,} badges, {os.cpu_count()} cores, Python {platform.python_version()}",
        "",
        "| | CPU ms a badge | to bare codes | badges/s | wall s, median (best) | peak MB | MB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    floor = _cpu_ms(runs[_FLOOR])
    for row, done in runs.items():
        best = min(run.wall_s for run in done)
        lines.append(
            f"| {row} | {_cpu_ms(done):.2f} | {_cpu_ms(done) / floor:.1f} "
            f"| {done[0].badges / best:,.0f} | {_median(done, 'wall_s'):.2f} ({best:.2f}) "
            f"| {_median(done, 'peak_mb'):.0f} | {done[0].bytes / 1e6:.2f} |"
        )
    return "\n".join([*lines, "", *(_aim(row, runs[row]) for row in _SHEETS)])


def _cpu_ms(runs: Sequence[Run]) -> float:
    return 1000 * _median(runs, "cpu_s") / runs[0].badges


def _aim(row: str, runs: Sequence[Run]) -> str:
    best, peak = min(run.wall_s for run in runs), max(run.peak_mb for run in runs)
    met = best < _MAX_S and peak < _MAX_MB and runs[0].bytes < _MAX_BYTES
    limits = f"{_MAX_S:g} s, {_MAX_MB:g} MB, {_MAX_BYTES / 1e6:g} MB of file"
    return f"- {row}: best round {'within' if met else 'NOT within'} {limits}"


def _median(runs: Sequence[Run], name: str) -> float:
    return statistics.median(getattr(run, name) for run in runs)


if __name__ == "__main__":
    main()
