"""Writers are served in the order in which they asked."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress
from statistics import median

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from checkin.db.engine import Database
from checkin.db.locks import FairSemaphore, ProcessLock
from tests.support import guards
from tests.support.racing import PROCESSES, race
from tests.support.waiting import wait_for

TURNS = 20
_WRITE = text("UPDATE alembic_version SET version_num = version_num")


#: for which the other process holds the lock, and gives it up for much less between two writes
_HOLDS_S = 0.002


def write(database, hold_s=0.0):
    with database.write() as session:
        session.execute(_WRITE)
        time.sleep(hold_s)


def write_again_and_again(url, fair, written, stop):
    database = Database(url)
    if not fair:
        guards.without_turns(database)
    while not stop.is_set():
        write(database, _HOLDS_S)
        written.value += 1
    database.dispose()


def usual_passes(url, *, fair):
    """Return how often, in the median, another process wrote while this one waited to write."""
    written, stop = PROCESSES.Value("l", 0), PROCESSES.Event()
    other = PROCESSES.Process(target=write_again_and_again, args=(url, fair, written, stop))
    other.start()
    database = Database(url)
    if not fair:
        guards.without_turns(database)
    try:
        while written.value == 0:
            time.sleep(0.01)
        return median(_passes(database, written) for _ in range(TURNS))
    finally:
        stop.set()
        other.join()
        database.dispose()


def _passes(database, written):
    before = written.value
    with suppress(OperationalError):  # it was overtaken until SQLite gave up
        write(database)
    passes = written.value - before
    time.sleep(0.005)
    return passes


def test_a_process_that_writes_continuously_does_not_overtake_a_waiting_one(sqlite_database):
    # One that was under way, one that had asked before, one between our write and our looking.
    assert usual_passes(sqlite_database.url, fair=True) <= 3


def test_control_sqlite_s_own_waiting_lets_a_continuous_writer_overtake(sqlite_database):
    # A busy machine may hold the other process up for a round, and then it passes nobody.
    assert any(usual_passes(sqlite_database.url, fair=False) > 3 for _ in range(10))


@pytest.mark.parametrize("places", [1, 4])
def test_threads_are_served_in_the_order_of_asking(places):
    line, served = FairSemaphore(places), []

    def ask(number):
        with line.turn():
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(TURNS)]
    with hold(line, places - 1):
        with line.turn():
            for number, thread in enumerate(threads, 1):
                thread.start()
                wait_for(lambda number=number: len(line._waiting) == number)
        # One place is free now: they come through it one after the other.
        for thread in threads:
            thread.join()

    assert served == list(range(TURNS))


def test_no_more_threads_enter_at_once_than_allowed():
    line, inside, most = FairSemaphore(3), [], []
    three = threading.Barrier(3)

    def ask(number):
        with line.turn():
            inside.append(number)
            three.wait(10)
            most.append(len(inside))
            three.wait(10)
            inside.remove(number)
            three.wait(10)

    race(9, ask)

    assert most == [3] * 9


def test_a_thread_enters_in_addition_after_waiting_for_its_time_limit():
    line, served = FairSemaphore(1, patience_s=0.01), []

    def ask():
        with line.turn():
            served.append("in")

    with line.turn():
        impatient = threading.Thread(target=ask)
        impatient.start()
        impatient.join(10)
        assert served == ["in"]

    assert (line._free, list(line._waiting)) == (1, [])


def test_a_failure_inside_frees_the_place():
    line = FairSemaphore()

    with pytest.raises(ValueError, match="inside"), line.turn():
        raise ValueError("inside")

    assert line._free == 1


def hold(line, places):
    held = ExitStack()
    for _ in range(places):
        held.enter_context(line.turn())
    return held


def test_lock_files_are_accessible_to_their_owner_only(tmp_path):
    """A process that may read a lock file can lock it, and would make every write wait."""
    (tmp_path / "a.db.lock").write_bytes(b"")
    (tmp_path / "a.db.lock").chmod(0o644)  # of an earlier version

    lock = ProcessLock(tmp_path / "a.db")
    lock.close()

    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert modes == {"a.db.lock": "0o600", "a.db.turn": "0o600"}
