"""The kinds of database that tests run on, and which runs on PostgreSQL wait for the proofs."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

#: what a test of both databases is parametrised with
KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]

#: where the databases differ most: locks, races, statements of the engine, several nodes
_ALWAYS = ("race", "tests/db/", "nodes")
#: one function in so many is run on PostgreSQL each time
_ONE_IN = 3
#: rows of a function's table that are run there
_ROWS = 2


def left_to_the_proofs(tests: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the runs on PostgreSQL that `script/test` leaves to `script/proof`.

    Each of them has run on SQLite in the same suite. What is chosen depends on names alone, so that
    it is the same on every machine.
    """
    names = {test.nodeid for test in tests}
    rows: Counter[str] = Counter()
    for test in tests:
        name = test.nodeid
        on_sqlite = name.replace("postgres", "sqlite")
        if "postgres" not in test.keywords or on_sqlite == name or on_sqlite not in names:
            continue
        function = name.split("[")[0]
        if any(part in function for part in _ALWAYS):
            continue
        rows[function] += 1
        if zlib.crc32(function.encode()) % _ONE_IN or rows[function] > _ROWS:
            yield test
