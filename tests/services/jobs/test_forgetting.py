"""What jobs were given and have made is erased: after a day, and by a purge of the event."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Job, JobFile, JobFilePiece, Lane
from checkin.services.jobs.files import JobFiles, sweep
from checkin.services.jobs.forgetting import KEPT_FOR, forget_old
from checkin.services.jobs.queue import claim, finish
from checkin.services.lifecycle.purge import purge_event
from tests.support.asked_jobs import ask
from tests.support.factories import KEYS, NOW, minutes, write


def claimed_job(database, home):
    ask(database, "count", at=NOW)
    claimed = write(database, lambda s: claim(s, Lane.OFFICE, "one", {"count"}, NOW))
    with JobFiles(database, KEYS, home).writing(claimed, 1, "a.pdf", "application/pdf") as file:
        file.write(b"%PDF")
    return claimed


@pytest.fixture
def done(database, tmp_path):
    """A job that was done at NOW, with a file."""
    claimed = claimed_job(database, tmp_path)
    write(database, lambda s: finish(s, KEYS, claimed, {"badges": 1}, NOW))
    return claimed.id


def left(database, home):
    """How many jobs, files and pieces of files there are, in the database and on the disk."""
    with database.read() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Job, JobFile, JobFilePiece)
        ]
    return (counts[0], counts[1], counts[2] + len(list((home / "jobs").glob("*"))))


def forget_at(database, home, moment):
    write(database, lambda s: forget_old(s, moment))
    sweep(database, home)


def test_a_job_is_kept_for_a_day_and_then_erased_with_its_files(database, tmp_path, done):
    forget_at(database, tmp_path, NOW + KEPT_FOR - minutes(1))
    assert left(database, tmp_path) == (1, 1, 1)

    forget_at(database, tmp_path, NOW + KEPT_FOR + minutes(1))
    assert left(database, tmp_path) == (0, 0, 0)


def test_a_job_that_nobody_has_done_is_erased_a_day_after_it_was_asked(database, tmp_path):
    ask(database, "count", at=NOW)

    forget_at(database, tmp_path, NOW + KEPT_FOR + minutes(1))

    assert left(database, tmp_path) == (0, 0, 0)


def test_a_job_that_goes_on_for_longer_than_a_day_is_kept(database, tmp_path):
    claimed_job(database, tmp_path)

    forget_at(database, tmp_path, NOW + KEPT_FOR + minutes(1))

    assert left(database, tmp_path) == (1, 1, 1)


def test_the_number_of_an_erased_job_is_never_used_again(database, tmp_path, done):
    forget_at(database, tmp_path, NOW + 2 * KEPT_FOR)

    assert ask(database, "count", at=NOW) > done


def test_a_purge_erases_the_jobs_of_its_event_and_no_others(database, event, tmp_path, done):
    of_event = claimed_job(database, tmp_path)
    write(
        database,
        lambda s: s.execute(update(Job).where(Job.id == of_event.id).values(event_id=event.id)),
    )

    receipt = purge_event(database, event, tmp_path, now=NOW, early=True)

    with database.read() as session:
        assert session.scalars(select(Job.id)).all() == [done]
    assert receipt.rows["job"] == 1
    assert left(database, tmp_path) == (1, 1, 1)
