"""Counters of attempts in the database: shared by every node, and kept after a restart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from checkin.db.engine import Database, in_core_transaction
from checkin.db.models import LimitCounter
from checkin.services.limits.counters import Counter

#: about 15 MB
MOST_ROWS = 100_000
#: what is over is taken away so often, and after so many tries
TIDY_EVERY = timedelta(minutes=1)
TIDY_AFTER = 10_000
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

InBackground = Callable[[Callable[[], None]], None]


class _Full(Exception):
    """One of the counters is full, so the transaction that counted is rolled back."""


class DatabaseCounters:
    """Counts an attempt in all its counters by one statement, rolled back if one is full.

    Concurrent attempts wait for each other's rows, which are written in the order of their keys, so
    that there is no deadlock.

    Args:
        in_background: runs work that no response waits for: deleting expired counters.
    """

    def __init__(
        self, database: Database, in_background: InBackground, most_rows: int = MOST_ROWS
    ) -> None:
        self._database, self._in_background, self._most_rows = database, in_background, most_rows
        self._mutex = Lock()
        self._tidied_at: datetime | None = None
        self._tries = 0

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """See `Counters`."""
        self._tidy_sometimes(now)
        most = {one.key: one.most for one in wanted}

        def work(connection: Connection) -> None:
            rows = connection.execute(_adding(self._database.dialect, wanted, now)).all()
            full = [ends for key, count, ends in rows if count > most[key]]
            if full:
                raise _Full(max(full))

        try:
            in_core_transaction(self._database, work)
        except _Full as full:
            expires_at: datetime = full.args[0]
            return (expires_at - now).total_seconds()
        return None

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """See `Counters`."""
        statement = _taking(self._database.dialect, reserved, now)
        in_core_transaction(self._database, lambda connection: connection.execute(statement))

    def tidy(self, now: datetime) -> None:
        """Delete expired counters, and the least used beyond the largest number that is kept."""

        def work(connection: Connection) -> None:
            connection.execute(delete(LimitCounter).where(LimitCounter.expires_at <= now))
            rows = connection.scalar(select(func.count()).select_from(LimitCounter)) or 0
            if rows > self._most_rows:
                connection.execute(_delete_least_used(rows - self._most_rows * 9 // 10))

        in_core_transaction(self._database, work)

    def _tidy_sometimes(self, now: datetime) -> None:
        with self._mutex:
            self._tries += 1
            last = self._tidied_at
            if last and now < last + TIDY_EVERY and self._tries < TIDY_AFTER:
                return
            self._tidied_at, self._tries = now, 0
        self._in_background(lambda: self.tidy(now))


def _adding(dialect: str, wanted: Sequence[Counter], now: datetime) -> Any:
    statement, is_over = _inserting(dialect, wanted, now, 1)
    count = case((is_over, 1), else_=LimitCounter.count + 1)
    ends = case((is_over, statement.excluded.expires_at), else_=LimitCounter.expires_at)
    return _updating(statement, count, ends).returning(
        LimitCounter.key, LimitCounter.count, LimitCounter.expires_at
    )


def _taking(dialect: str, reserved: Sequence[Counter], now: datetime) -> Any:
    # The same statement the other way round: it takes its rows in the same order.
    statement, is_over = _inserting(dialect, reserved, now, 0)
    count = case((is_over | (LimitCounter.count < 1), 0), else_=LimitCounter.count - 1)
    return _updating(statement, count, LimitCounter.expires_at)


def _inserting(
    dialect: str, counters: Sequence[Counter], now: datetime, count: int
) -> tuple[Any, Any]:
    rows = [
        {"key": one.key, "count": count, "expires_at": now + timedelta(seconds=one.window_s)}
        for one in sorted(counters, key=lambda one: one.key)
    ]
    return _INSERT[dialect](LimitCounter).values(rows), LimitCounter.expires_at <= now


def _updating(statement: Any, count: Any, ends: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=[LimitCounter.key], set_={"count": count, "expires_at": ends}
    )


def _delete_least_used(many: int) -> Any:
    # A flood of made-up keys leaves counts of one; counters that are nearly full are kept.
    least = (
        select(LimitCounter.key)
        .order_by(LimitCounter.count, LimitCounter.expires_at)
        .limit(many)
        .with_for_update(skip_locked=True)  # rows that are being counted are not waited for
    )
    return delete(LimitCounter).where(LimitCounter.key.in_(least))
