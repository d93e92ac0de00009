"""Hashing takes memory: few hash at once, few wait, and strangers delay nobody else."""

from __future__ import annotations

import os
import select
import signal
import sys
from threading import Event, Lock, Thread, get_native_id

import pytest

from checkin.errors import Unavailable
from checkin.services.accounts import hashing
from checkin.services.common.turns import Turns
from tests.support.racing import race_outcomes
from tests.support.waiting import wait_for


class Held:
    """Takes turns in threads and keeps them until told to let go."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self._mutex, self._let_go = turns, Lock(), Event()
        self.holding = self.most = self.refused = 0
        self._threads: list[Thread] = []

    def take(self, many: int) -> None:
        new = [Thread(target=self._hold) for _ in range(many)]
        for thread in new:
            thread.start()
        self._threads += new

    def _work(self) -> None:
        with self._mutex:
            self.holding += 1
            self.most = max(self.most, self.holding)
        self._let_go.wait(60)
        with self._mutex:
            self.holding -= 1

    def end(self) -> None:
        self._let_go.set()
        for thread in self._threads:
            thread.join(60)

    def _hold(self) -> None:
        try:
            self._turns.do(self._work)
        except Unavailable:
            with self._mutex:
                self.refused += 1


def test_two_run_three_wait_and_further_ones_are_told_to_retry():
    held = Held(Turns(2, waiting=3, patience_s=60))

    held.take(9)
    wait_for(lambda: held.refused == 4, "those beyond")
    wait_for(lambda: held.most == 2, "the second one that holds a turn")
    held.end()

    assert (held.most, held.refused, held.holding) == (2, 4, 0)


def test_waiting_for_a_turn_has_a_time_limit():
    turns = Turns(1, waiting=1, patience_s=0.01)
    held = Held(turns)
    held.take(1)
    wait_for(lambda: held.holding == 1)

    with pytest.raises(Unavailable, match="try again"):
        turns.do(held.end)

    held.end()
    assert turns.do(lambda: 7) == 7


def test_a_failure_releases_the_turn():
    turns = Turns(1, waiting=0, patience_s=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            turns.do(lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            turns.do(lambda: 7, first=lambda: 1 // 0)

    assert turns.do(lambda: 7) == 7


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_hashing_for_strangers_yields_to_scans_and_hashing_a_pin_does_not():
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    before = niceness()

    assert hashing.UNKNOWN_TURNS.do(niceness) == 10
    assert hashing.KNOWN_TURNS.do(niceness) == before
    assert niceness() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_a_server_that_was_started_with_a_lower_priority_keeps_it(monkeypatch):
    """Without the right to raise a priority, as in a container, nobody could sign in."""
    asked = []
    monkeypatch.setattr(os, "getpriority", lambda _which, _who: 19)
    monkeypatch.setattr(os, "setpriority", lambda _which, _who, niceness: asked.append(niceness))

    assert Turns(1, waiting=1, patience_s=1, niceness=10).do(lambda: 7) == 7
    assert asked == [19]


def test_a_server_that_was_begun_with_less_priority_lets_people_sign_in():
    found = []

    def begun_with_less() -> None:
        os.setpriority(os.PRIO_PROCESS, get_native_id(), 19)  # what this thread begins inherits it
        turns = Turns(1, waiting=0, patience_s=5, niceness=10)
        found.append(turns.do(lambda: os.getpriority(os.PRIO_PROCESS, get_native_id())))

    thread = Thread(target=begun_with_less)
    thread.start()
    thread.join()

    assert found == [19]


def test_hashing_for_strangers_delays_neither_pins_nor_known_browsers():
    pin = hashing.hash_pin("246810")
    strangers = Held(hashing.UNKNOWN_TURNS)
    strangers.take(40)
    wait_for(lambda: strangers.refused == 40 - 26)

    assert hashing.secret_matches(pin, "246810")
    strangers.end()


def test_at_most_two_hashes_are_computed_at_once(monkeypatch):
    """Each of these takes 19 MiB, however many ask."""
    hasher, mutex, now, most = hashing._HASHER, Lock(), [0], [0]
    stored = hasher.hash("246810")

    class Watched:
        def __getattr__(self, name):
            work = getattr(hasher, name)

            def watched(*given):
                with mutex:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                try:
                    return work(*given)
                finally:
                    with mutex:
                        now[0] -= 1

            return watched if name in ("hash", "verify") else work

    monkeypatch.setattr(hashing, "_HASHER", Watched())
    works = (
        lambda: hashing.hash_password("une phrase facile"),
        lambda: hashing.hash_pin("246810"),
        lambda: hashing.secret_matches(stored, "246810"),
        lambda: hashing.password_matches(None, "une phrase facile"),
        hashing.unusable_hash,
    )
    race_outcomes(20, lambda at: works[at % len(works)]())

    assert most[0] == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_was_forked_has_turns_of_its_own():
    """A hub hashes its first password, and then forks the process that serves its pages."""
    turns = Turns(1, waiting=0, patience_s=5)
    turns.do(lambda: None)

    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writes, str(turns.do(lambda: 7)).encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as told:
        answered = select.select([told], [], [], 20)[0]
        answer = told.read() if answered else b"nothing"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert answer == b"7"
