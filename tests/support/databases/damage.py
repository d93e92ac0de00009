"""Damage a database in its midst: it opens, and a table of it cannot be read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.support.databases.databases import Databases, SqliteDatabases

_PAGE_BYTES = 4096


def damaged(databases: Databases, url: str, table: str) -> str:
    """Return the address of a database, or of a copy of it, whose table is damaged.

    Nobody may be connected to it.
    """
    if isinstance(databases, SqliteDatabases):
        file = Path(str(make_url(url).database))
        with closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
            ((page,),) = found.fetchall()
        _overwrite(file, (page - 1) * _PAGE_BYTES)
        return url
    # The server has not read the files of a copy yet, and goes by what lies on the disk.
    copy = databases.copied_files(str(make_url(url).database))
    with psycopg.connect(copy.replace("+psycopg", "")) as connection:
        ((path,),) = connection.execute("SELECT pg_relation_filepath(%s)", (table,)).fetchall()
    _overwrite(databases.data / str(path), 0)
    return copy


def _overwrite(file: Path, at: int) -> None:
    with file.open("r+b") as content:
        content.seek(at)
        content.write(os.urandom(_PAGE_BYTES))
