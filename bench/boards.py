"""Only the boards: scans at four gates with and without 200 of them: `python -m bench.boards`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.parts.streams import measure_streams
from bench.setup.figures import Progress
from bench.setup.stores import Store
from bench.setup.venue import open_venue

PARTICIPANTS, SCANS, ROUNDS = 8_000, 400, 9


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="marhaba-bench-") as folder:
        store = Store("SQLite", Path(folder))
        venue = open_venue(store, PARTICIPANTS)
        progress = Progress(ROUNDS)
        table = measure_streams(store, venue, count=SCANS, repeats=ROUNDS, progress=progress)
        print(table.markdown())


if __name__ == "__main__":
    main()
