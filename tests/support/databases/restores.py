"""Put a database back to an earlier state under a running server, as people do."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from checkin.db.engine import Database
from tests.support.databases.databases import Databases, PostgresDatabases

_numbers = itertools.count(1)


def saved(databases: Databases, database: Database, folder: Path) -> Callable[[], None]:
    """Save a database as it is now; return what puts it back, as often as it is called.

    Nothing is announced: the database's epoch is that of the saved one.
    """
    url = database.direct_url
    if isinstance(databases, PostgresDatabases):
        name = make_url(url).database
        database.disconnect()  # a database that is copied may have no connection
        return databases.saved(str(name))
    return copied(database, folder)


def copied(database: Database, folder: Path) -> Callable[[], None]:
    """Do as `saved` with a SQLite database, whose connections may stay open."""
    live = Path(str(make_url(database.direct_url).database))
    copy = folder / f"saved-{next(_numbers)}.db"
    _copy(live, copy)
    return lambda: _copy(copy, live)


def _copy(source: Path, target: Path) -> None:
    # SQLite's own way: readers of the target see the new content with their next transaction.
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
