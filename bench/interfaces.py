"""What it costs to read bodies before a thread is taken: `python -m bench.interfaces`.

Check-ins on the same SQLite file through the server as it is, and through granian's own WSGI
interface, which takes a thread first, by turns.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.checkins.measuring import LEVELS, Rival, Run, measured
from bench.setup.figures import Progress, Table, shown
from bench.setup.processes import free_port, server
from bench.setup.stores import Store
from bench.setup.venue import SCANS, Venue, open_venue, scan_body

ROUNDS, COUNT = 9, 300
_WARM_UP = 100
_MEASURES = ("per_s", "p50_ms", "p99_ms", "cpu_ms")

Runs = dict[tuple[int, str], list[Run]]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="marhaba-bench-") as folder, ExitStack() as stack:
        store = Store("SQLite", Path(folder))
        needed = 2 * (ROUNDS * len(LEVELS) * COUNT + _WARM_UP)
        venue = open_venue(store, needed * 5 // 4)
        rivals = {
            "bodies first": stack.enter_context(_ours(venue)),
            "thread first": stack.enter_context(_thread_first(venue)),
        }
        for rival in rivals.values():
            measured(rival, venue.tokens, _bodies(venue, _WARM_UP), store)
        print(_table(_rounds(store, venue, rivals)).markdown())


def _rounds(store: Store, venue: Venue, rivals: dict[str, Rival]) -> Runs:
    runs: Runs = defaultdict(list)
    progress = Progress(ROUNDS)
    for at in range(ROUNDS):
        progress.step(f"round {at + 1}/{ROUNDS}")
        for level in LEVELS:
            for name in sorted(rivals, reverse=at % 2 == 0):
                tokens, bodies = venue.tokens[:level], _bodies(venue, COUNT)
                runs[level, name].append(measured(rivals[name], tokens, bodies, store))
    return runs


def _bodies(venue: Venue, count: int) -> list[dict[str, str]]:
    return [scan_body(code) for code in venue.take_codes(count)]


@contextmanager
def _ours(venue: Venue) -> Iterator[Rival]:
    with venue.served() as (port, pid):
        yield Rival(port, pid, SCANS)


@contextmanager
def _thread_first(venue: Venue) -> Iterator[Rival]:
    port = free_port()
    command = ["-m", "bench.setup.serve_wsgi", str(port)]
    with server(command, port, venue.environment, venue.home / "wsgi.log") as pid:
        yield Rival(port, pid, SCANS)


def _table(runs: Runs) -> Table:
    rows = []
    for level in LEVELS:
        first, threads = runs[level, "bodies first"], runs[level, "thread first"]
        for name, each in (("bodies first", first), ("thread first", threads)):
            rows.append([str(level), name, *(shown(_median(each, one)) for one in _MEASURES)])
        rows.append([str(level), "ratio", *(_ratio(first, threads, one) for one in _MEASURES)])
    heads = ["connections", "", "check-ins/s", "p50, ms", "p99, ms", "CPU ms each"]
    return Table("Check-ins by interface, SQLite", heads, rows, None)


def _median(runs: list[Run], measure: str) -> float:
    return median(getattr(run, measure) or 0 for run in runs)


def _ratio(first: list[Run], threads: list[Run], measure: str) -> str:
    # The median of each round's own: what slows the machine slows both.
    pairs = zip(first, threads, strict=True)
    return shown(median(getattr(a, measure) / (getattr(b, measure) or 1) for a, b in pairs))


if __name__ == "__main__":
    main()
