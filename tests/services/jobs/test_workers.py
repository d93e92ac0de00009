"""Workers are known by their heartbeats."""

from __future__ import annotations

from checkin.services.jobs.queue import LOST_AFTER
from checkin.services.jobs.workers import is_any_alive, worker_left, worker_seen
from tests.support.factories import NOW, minutes, write


def alive(database, moment=NOW):
    with database.read() as session:
        return is_any_alive(session, moment)


def test_a_worker_is_alive_from_its_first_heartbeat_to_its_end(database):
    assert not alive(database)

    write(database, lambda s: worker_seen(s, "one", NOW))
    assert alive(database, NOW + LOST_AFTER)
    assert not alive(database, NOW + LOST_AFTER + minutes(1))

    write(database, lambda s: worker_left(s, "one"))
    assert not alive(database)


def test_one_worker_that_ends_leaves_the_other_alive(database):
    for name in ("one", "two"):
        write(database, lambda s, name=name: worker_seen(s, name, NOW))

    write(database, lambda s: worker_left(s, "one"))

    assert alive(database)
