"""Group rows by the minute or the hour of a moment, in UTC, on either database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session


def minute_of(session: Session, column: Any) -> ColumnElement[str]:
    """Return an expression for the minute of a moment, which `moment_of` reads."""
    return _begin_of(session, column, 16, "YYYY-MM-DD HH24:MI")


def hour_of(session: Session, column: Any) -> ColumnElement[str]:
    """Return an expression for the hour of a moment, which `moment_of` reads."""
    return _begin_of(session, column, 13, "YYYY-MM-DD HH24")


def _begin_of(session: Session, column: Any, length: int, form: str) -> ColumnElement[str]:
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(column, 1, length)
    return func.to_char(func.timezone("UTC", column), form)


def moment_of(text: str) -> datetime:
    """Return the beginning of a minute or an hour, as the expressions write it."""
    return datetime.fromisoformat(f"{text}+00:00")
