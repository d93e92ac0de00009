"""Commits are noticed, whichever process they are of, and told of without delaying them."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text

from checkin.db import changes
from checkin.db.engine import (
    Database,
    in_core_transaction,
    in_shortest_transaction,
    in_transaction,
)
from tests.support.databases.databases import opened
from tests.support.waiting import wait_for

#: it changes nothing, and is a write all the same
WRITE = "UPDATE alembic_version SET version_num = version_num"
WAYS = [in_transaction, in_core_transaction, in_shortest_transaction]


class Noticed:
    """Counts the commits that were noticed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def elsewhere(database_url):
    """The same database, as another process has it."""
    with opened(database_url) as database:
        yield database


@contextmanager
def followed(database: Database):
    """Follow the commits of a database; what was noticed at the beginning is over."""
    noticed = Noticed()
    with database.changes.followed(noticed):
        wait_for(lambda: noticed.times)
        wait_for(lambda: database.changes.look_every_s == changes.SELDOM_S)
        yield noticed


def change(database: Database, way=in_transaction) -> None:
    """Commit something."""
    way(database, lambda opened: opened.execute(text(WRITE)))


@pytest.mark.parametrize("way", WAYS)
def test_a_commit_of_another_process_is_noticed(way, database, elsewhere):
    with followed(database) as noticed:
        before = noticed.times
        change(elsewhere, way)
        wait_for(lambda: noticed.times > before, timeout_s=10)


def test_what_was_not_committed_is_not_noticed(database, elsewhere):
    def fails(session):
        session.execute(text(WRITE))
        raise InterruptedError

    with followed(database) as noticed:
        before = noticed.times
        with pytest.raises(InterruptedError):
            in_transaction(elsewhere, fails)
        time.sleep(3 * changes.ANNOUNCE_EVERY_S)
        assert noticed.times == before


def test_without_commits_nothing_is_noticed(database, elsewhere):
    change(elsewhere)
    with followed(database) as noticed:
        time.sleep(2 * changes.ANNOUNCE_EVERY_S)  # the commit above may be told of only now
        before = noticed.times
        time.sleep(3 * changes.ANNOUNCE_EVERY_S)
        assert noticed.times == before


def test_a_process_that_ends_at_once_has_told_of_its_commits(database, database_url):
    """As a command does, which imports a list and is gone."""
    with followed(database) as noticed:
        before = noticed.times
        with opened(database_url) as command:
            change(command)
        wait_for(lambda: noticed.times > before, timeout_s=10)


@pytest.mark.postgres
def test_many_commits_are_few_notifications_and_the_last_one_is_told(postgres_database):
    change(postgres_database)
    postgres_database.changes.close()  # also when it goes on after it was closed
    address = postgres_database.url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as listening:
        listening.execute(f"LISTEN {changes.CHANNEL}")
        begun = time.monotonic()
        for _ in range(60):
            change(postgres_database)
        spent_s = time.monotonic() - begun
        postgres_database.changes.close()
        told = list(listening.notifies(timeout=0.5))

    assert 1 <= len(told) <= spent_s / changes.ANNOUNCE_EVERY_S + 2


@pytest.mark.postgres
def test_a_database_that_was_closed_tells_of_commits_after_it_again(
    postgres_database, database_url
):
    with opened(postgres_database.url) as reopened, followed(postgres_database) as noticed:
        change(reopened)
        reopened.dispose()
        wait_for(lambda: noticed.times > 1)
        before = noticed.times

        change(reopened)

        wait_for(lambda: noticed.times > before)


def test_following_ends_its_threads(sqlite_database):
    with followed(sqlite_database):
        pass

    assert "data version" not in {thread.name for thread in threading.enumerate()}


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(changes, "SELDOM_S", 0.05)
    missing = tmp_path / "missing.db"
    with changes.SqliteChanges(missing).followed(Noticed()):
        wait_for(lambda: "cannot be read" in caplog.text)

    assert not missing.exists()
