"""How much SQLite does for a piece of work: the same on every machine, however busy it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

#: so many instructions of SQLite's machine are counted at a time
_TOGETHER = 10


@dataclass
class Work:
    """What was done.

    Attributes:
        statements: their texts, in order.
        steps: instructions of SQLite's machine, some for each row that is read or compared.
    """

    statements: list[str] = field(default_factory=list)
    steps: int = 0


@contextmanager
def counted_work() -> Iterator[Work]:
    """Count what SQLite does in the `with` block for all databases of this process."""
    work, connections = Work(), []

    def tick() -> int:
        work.steps += _TOGETHER
        return 0  # go on

    def begin(_connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        work.statements.append(statement)
        if cursor.connection not in connections:
            connections.append(cursor.connection)
            cursor.connection.set_progress_handler(tick, _TOGETHER)

    event.listen(Engine, "before_cursor_execute", begin)
    try:
        yield work
    finally:
        event.remove(Engine, "before_cursor_execute", begin)
        for connection in connections:
            with suppress(sqlite3.ProgrammingError):  # it is closed
                connection.set_progress_handler(None, 0)
