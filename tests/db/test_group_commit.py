"""Waiting transactions share a commit: none returns before it, and none fails for another."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import pytest
from sqlalchemy import event, text

from checkin.db.engine import in_shortest_transaction
from checkin.db.group_commit import GroupCommit, GroupFailed

KEEP = text("INSERT INTO kept (word) VALUES (:word)")


@pytest.fixture
def kept_database(sqlite_database):
    with sqlite_database.write() as session:
        session.execute(text("CREATE TABLE kept (word TEXT UNIQUE)"))
    return sqlite_database


def until(happened, timeout_s=10):
    end = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.001)


def words(database):
    with database.read() as session:
        return session.execute(text("SELECT word FROM kept ORDER BY rowid")).scalars().all()


def keep(database, word):
    def work(connection):
        connection.execute(KEEP, {"word": word})
        return word.upper()

    return in_shortest_transaction(database, work)


def while_another_writes(database, works):
    """Start each work in its own thread while the database is being written, then let them go."""
    group = database.group
    with ThreadPoolExecutor(len(works)) as threads:
        with database.write():
            under_way = []
            for at, work in enumerate(works):
                under_way.append(threads.submit(work))
                until(lambda at=at: len(group._waiting) == at + 1)
        return [future.exception() or future.result() for future in under_way]


def commits_of(database):
    commits = []
    event.listen(database._writer, "commit", commits.append)
    return commits


def test_waiting_transactions_share_one_commit_in_order(kept_database):
    commits = commits_of(kept_database)
    asked = ["zulu", "alpha", "mike", "bravo"]

    told = while_another_writes(
        kept_database, [lambda word=word: keep(kept_database, word) for word in asked]
    )

    assert told == [word.upper() for word in asked]
    assert words(kept_database) == asked
    assert len(commits) == 1


def test_a_failed_transaction_does_not_affect_the_others_of_its_commit(kept_database):
    def fail():
        def work(connection):
            connection.execute(KEEP, {"word": "half"})
            raise RuntimeError("mine")

        in_shortest_transaction(kept_database, work)

    told = while_another_writes(
        kept_database,
        [lambda: keep(kept_database, "one"), fail, lambda: keep(kept_database, "two")],
    )

    assert told[0] == "ONE"
    assert isinstance(told[1], RuntimeError)
    assert told[2] == "TWO"
    assert sorted(words(kept_database)) == ["one", "two"]


def test_a_constraint_violation_fails_only_its_own_transaction(kept_database):
    keep(kept_database, "one")

    told = while_another_writes(
        kept_database, [lambda word=word: keep(kept_database, word) for word in ("one", "two")]
    )

    assert type(told[0]).__name__ == "IntegrityError"
    assert (told[1], words(kept_database)) == ("TWO", ["one", "two"])


def test_no_transaction_returns_before_the_shared_commit():
    committing, may_commit = threading.Event(), threading.Event()

    @contextmanager
    def transaction():
        yield
        committing.set()
        may_commit.wait(10)

    group = GroupCommit(transaction)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(group.run, lambda _: "written")
        committing.wait(10)
        assert not answer.done()
        may_commit.set()
        assert answer.result(10) == "written"


@pytest.mark.parametrize("where", ["begin", "commit"])
def test_a_failed_shared_commit_fails_all_its_transactions(where):
    @contextmanager
    def transaction():
        if where == "begin":
            raise OSError("disk full")
        yield
        raise OSError("disk full")

    group = GroupCommit(transaction)

    with pytest.raises(GroupFailed):
        group.run(lambda _: "written")

    group._transaction = nullcontext  # the next finds no one waiting before them
    assert group.run(lambda _: "written") == "written"


def test_a_failed_begin_is_raised_for_every_waiting_transaction():
    waiting, may_fail = threading.Event(), threading.Event()

    @contextmanager
    def transaction():
        waiting.set()
        may_fail.wait(10)
        raise OSError("disk full")
        yield

    group = GroupCommit(transaction)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(group.run, lambda _: 1)
        waiting.wait(10)
        second = threads.submit(group.run, lambda _: 2)
        until(lambda: len(group._waiting) == 2)
        may_fail.set()
        assert isinstance(first.exception(10), GroupFailed)
        assert isinstance(second.exception(10), GroupFailed)
