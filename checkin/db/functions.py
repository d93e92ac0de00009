"""SQL functions that are called otherwise on SQLite than on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class greatest(GenericFunction[int]):  # noqa: N801 - named as the function in SQL
    """The greatest of several numbers, none of them NULL."""

    type = Integer()
    inherit_cache = True


@compiles(greatest, "sqlite")
def _greatest_on_sqlite(element: greatest, compiler: Any, **more: Any) -> str:
    return f"max({compiler.process(element.clauses, **more)})"
