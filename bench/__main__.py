"""Measure Marhaba beside what this machine can do at best: `python -m bench [--quick]`."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.checkins.measuring import LEVELS, ROWS, measure_checkins
from bench.checkins.report import aims_table, checkin_table
from bench.checkins.statements import statements_per_checkin
from bench.parts.gate_lists import measure_gate_list
from bench.parts.imports import measure_import
from bench.parts.searching import measure_search
from bench.parts.status import admit_many, counts_now, status_table
from bench.parts.streams import measure_streams
from bench.setup import stores
from bench.setup.figures import Progress, Table
from bench.setup.venue import Venue, open_venue
from checkin.db.engine import Database


@dataclass(frozen=True)
class Sizes:
    """How much is measured; `participants` is what the demo is loaded with."""

    participants: int
    checkins: int
    rounds: int
    import_rows: int
    repeats: int

    @property
    def steps(self) -> int:
        # check-ins · boards and import · event, counts twice, search, gate list twice
        return self.rounds * len(ROWS) + 2 * self.repeats + 6

    @property
    def scans(self) -> int:
        """How many people arrive while check-ins are measured."""
        return self.rounds * len(LEVELS) * self.checkins + self.repeats * self.checkins


FULL = Sizes(participants=100_000, checkins=1000, rounds=3, import_rows=10_000, repeats=3)
QUICK = Sizes(participants=4_000, checkins=150, rounds=2, import_rows=1_000, repeats=1)
_ASKED = 40
#: people of the event that a file is imported into
_PLANNED = 2000


def main() -> None:
    arguments = _arguments()
    gc.freeze()  # as the commands do
    # When it is terminated, it still stops its servers and removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sizes = QUICK if arguments.quick else FULL
    names = _stores(arguments.only)
    progress = Progress(sizes.steps * len(names))
    print(f"# {_machine()}\n", flush=True)
    results: dict[str, list[dict[str, object]]] = {}
    for name in names:
        results[name] = []
        for table in _measured(name, sizes, progress):
            print(table.markdown(), flush=True)
            results[name].append({"title": table.title, "data": table.data})
    if arguments.json:
        body = {"machine": _machine(), "quick": arguments.quick, "results": results}
        arguments.json.write_text(json.dumps(body, indent=1, ensure_ascii=False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute, small numbers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every run here")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    return parser.parse_args()


def _stores(only: str | None) -> list[str]:
    names = [only] if only else ["sqlite", "postgresql"]
    if "postgresql" in names and not stores.postgresql_is_there():
        print("PostgreSQL is not installed (Debian: apt-get install postgresql): SQLite only.\n")
        names.remove("postgresql")
    return names


def _machine() -> str:
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "") if _has_release() else ""
    where = system or platform.system()
    return f"{os.cpu_count()} cores, {where}, Python {platform.python_version()}"


def _has_release() -> bool:
    return Path("/etc/os-release").exists()


_OPEN: dict[str, Callable[[Path], AbstractContextManager[stores.Store]]] = {
    "sqlite": stores.sqlite_store,
    "postgresql": stores.postgresql_store,
}


def _measured(name: str, sizes: Sizes, progress: Progress) -> Iterator[Table]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marhaba-bench-")))
        folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        store = stack.enter_context(_OPEN[name](folder / name))
        progress.step(f"{store.name}: the event with {sizes.participants:,} participants")
        venue = open_venue(store, sizes.participants)
        with _database(venue.url) as database:
            progress.step(f"{store.name}: the board's counts, nobody there")
            empty = counts_now(venue, database, asked=_ASKED)
            yield from _of_scans(store, venue, sizes, progress)
            missing = max(0, sizes.participants // 2 - sizes.scans)
            progress.step(f"{store.name}: {missing:,} more arrive, the board's counts again")
            admit_many(venue, database, missing)
            yield status_table(store, [empty, counts_now(venue, database, asked=_ASKED)])
            yield from _of_many_people(store, venue, database, sizes, progress)
        yield _of_a_file(store, sizes, progress)


def _of_scans(
    store: stores.Store, venue: Venue, sizes: Sizes, progress: Progress
) -> Iterator[Table]:
    runs = measure_checkins(
        store, venue, count=sizes.checkins, repeats=sizes.rounds, progress=progress
    )
    yield checkin_table(store.name, runs)
    yield aims_table(store.name, runs, statements_per_checkin(venue))
    yield measure_streams(
        store, venue, count=sizes.checkins // 2, repeats=sizes.repeats, progress=progress
    )


def _of_many_people(
    store: stores.Store, venue: Venue, database: Database, sizes: Sizes, progress: Progress
) -> Iterator[Table]:
    yield measure_search(store, database, repeats=5 * sizes.repeats, progress=progress)
    yield measure_gate_list(store, venue, database, progress=progress)


def _of_a_file(store: stores.Store, sizes: Sizes, progress: Progress) -> Table:
    venue = open_venue(store, _PLANNED, "import")
    with _database(venue.url) as database:
        return measure_import(
            store,
            venue,
            database,
            count=sizes.import_rows,
            repeats=sizes.repeats,
            progress=progress,
        )


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


if __name__ == "__main__":
    main()
