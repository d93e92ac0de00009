"""Many rows are written in turns so short that nobody waits for long, on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from checkin.db.engine import PAGES_OF_LOG
from checkin.db.short_turns import LEAST, TURN_S, ShortTurns, next_size, short_turns

MOST = {"sqlite": 25, "postgresql": 200}


@pytest.mark.parametrize(
    ("size", "held_s", "following"),
    [
        (25, TURN_S, 25),
        (25, TURN_S * 2, 12),
        (25, TURN_S * 100, LEAST),
        (10, TURN_S / 1.5, 15),
        (10, 0.0, 20),
        (20, 0.0, 25),
    ],
)
def test_the_next_batch_is_as_large_as_fits_into_a_turn(size, held_s, following):
    assert next_size(size, held_s, 25) == following


def test_a_batch_that_is_small_already_stays_as_it_is():
    assert next_size(2, TURN_S * 100, 2) == 2


def slow_turn(database, turns: ShortTurns, monkeypatch) -> list[float]:
    """Write for five turns' time, wait for the lock before as long; return how long was rested."""
    now, rested = [100.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", rested.append)
    with turns.turn():
        now[0] += 5 * TURN_S
        turns.has_begun()
        now[0] += 5 * TURN_S
    return rested


def test_on_sqlite_a_turn_is_followed_by_as_long_a_rest_and_a_smaller_one(
    sqlite_database, monkeypatch
):
    turns = ShortTurns(sqlite_database, MOST["sqlite"])

    assert slow_turn(sqlite_database, turns, monkeypatch) == [pytest.approx(5 * TURN_S)]
    assert turns.size == LEAST


@pytest.mark.postgres
def test_on_postgresql_where_nobody_waits_all_turns_are_alike(postgres_database, monkeypatch):
    with short_turns(postgres_database, MOST) as turns:
        assert slow_turn(postgres_database, turns, monkeypatch) == []
    assert turns.size == MOST["postgresql"]


def write_much(database) -> int:
    """Commit more pages than a write-ahead log is to have; return how much the file has grown."""
    file = Path(make_url(database.url).database)
    before = file.stat().st_size
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS much (page BLOB)"))
        pages = {"pages": PAGES_OF_LOG + 100}
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :pages)"
        connection.execute(
            text(f"{numbers} INSERT INTO much SELECT randomblob(4096) FROM n"), pages
        )
    return file.stat().st_size - before


def test_during_turns_no_commit_brings_the_log_into_the_file_but_what_follows_a_turn(
    sqlite_database,
):
    file = Path(make_url(sqlite_database.url).database)
    with short_turns(sqlite_database, MOST) as turns:
        before = file.stat().st_size
        with turns.turn():
            assert write_much(sqlite_database) == 0
        assert file.stat().st_size - before > PAGES_OF_LOG * 4096

    assert write_much(sqlite_database) > PAGES_OF_LOG * 4096


def test_what_others_read_keeps_the_log_and_stops_nobody(sqlite_database):
    with short_turns(sqlite_database, MOST) as turns, sqlite_database.snapshot() as reader:
        reader.execute(text("SELECT count(*) FROM event"))
        with turns.turn():
            write_much(sqlite_database)

    assert write_much(sqlite_database) > PAGES_OF_LOG * 4096
