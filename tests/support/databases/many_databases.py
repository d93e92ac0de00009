"""Share compiled statements between the hundreds of databases of one test process.

SQLAlchemy writes the SQL of a statement once for each engine, and each test has engines of its own:
a third of the time of tests of the services went into that. The cache that is shared is one that
SQLAlchemy offers; the engines are as separate as before.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

#: about as many as the program has statements: those of one test alone are let go
_compiled: LRUCache[Any, Any] = LRUCache(1500)


def compile_statements_once() -> None:
    """Let every engine of this process reuse compiled statements; asking again changes nothing."""
    if event.contains(Engine, "engine_connect", _use_shared_cache):
        return
    lasting = pytest.MonkeyPatch()
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        # The cache asks for whose dialect a statement was compiled: here all of one kind are alike.
        lasting.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
        lasting.setattr(dialect, "__hash__", lambda self: hash(type(self)))
    event.listen(Engine, "engine_connect", _use_shared_cache)


def _use_shared_cache(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
