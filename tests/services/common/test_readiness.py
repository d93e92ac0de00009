"""The database is asked once a second at most whether the server is ready."""

from __future__ import annotations

import threading

from checkin.services.common.readiness import KEPT_S, STALE_S, RecentReadiness
from tests.support.racing import race


class Looks:
    """Looks that are counted, and the time."""

    def __init__(self) -> None:
        self.count = 0
        self.now_s = 0.0
        self.held = threading.Event()
        self.held.set()

    def look(self) -> dict[str, str]:
        self.count += 1
        self.held.wait(30)
        return {"disk": f"look {self.count}"}

    def readiness(self) -> RecentReadiness:
        return RecentReadiness(self.look, lambda: self.now_s)


def test_a_readiness_result_is_reused_for_a_second():
    looks = Looks()
    readiness = looks.readiness()

    told = []
    for at in (0, KEPT_S / 2, KEPT_S, KEPT_S * 1.5, KEPT_S * 2):
        looks.now_s = at
        told.append(readiness.faults()["disk"])

    assert told == ["look 1", "look 1", "look 2", "look 2", "look 3"]


def test_concurrent_readiness_requests_share_one_check():
    looks = Looks()
    readiness = looks.readiness()

    told = race(8, lambda _: readiness.faults())

    assert (told, looks.count) == ([{"disk": "look 1"}] * 8, 1)


def test_a_recent_readiness_result_is_returned_without_waiting_for_a_new_check():
    looks = Looks()
    readiness = looks.readiness()
    readiness.faults()
    looks.now_s, looking = KEPT_S, threading.Thread(target=readiness.faults)
    looks.held.clear()
    looking.start()
    while looks.count < 2:
        pass

    assert readiness.faults() == {"disk": "look 1"}

    looks.now_s = STALE_S
    assert list(readiness.faults()) == ["database"]
    looks.held.set()
    looking.join()
    assert readiness.faults() == {"disk": "look 2"}
