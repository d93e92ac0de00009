"""However many workers ask at once, each job is claimed by one."""

from __future__ import annotations

from collections import Counter
from threading import Barrier

from sqlalchemy import select, update

from checkin.db.models import Job, JobState, Lane
from checkin.services.jobs.queue import claim
from tests.support.asked_jobs import ask
from tests.support.factories import NOW, write
from tests.support.racing import race

WORKERS, JOBS = 8, 5


def test_many_workers_claim_each_job_once(database):
    numbers = {ask(database, "count", at=NOW) for _ in range(JOBS)}

    def work(at: int) -> list[int]:
        mine = []
        while True:
            claimed = write(
                database, lambda s: claim(s, Lane.OFFICE, f"worker {at}", {"count"}, NOW)
            )
            if claimed is None:
                return mine
            mine.append(claimed.id)

    claims = Counter(number for mine in race(WORKERS, work) for number in mine)

    assert claims == dict.fromkeys(numbers, 1)


def test_control_without_comparing_the_state_a_job_is_claimed_by_several(database):
    """To look first and to write then is what the compare-and-set of `claim` replaces."""
    ask(database, "count", at=NOW)
    everybody = Barrier(WORKERS)

    def look_then_write(at: int) -> bool:
        with database.read() as session:
            found = session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)).first()
        everybody.wait(60)  # all have looked before any writes
        values = {"state": JobState.RUNNING, "claimed_by": f"worker {at}"}
        write(database, lambda s: s.execute(update(Job).where(Job.id == found).values(**values)))
        return found is not None

    assert sum(race(WORKERS, look_then_write)) == WORKERS
