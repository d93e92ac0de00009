"""A worker does jobs in processes of their own, and outlives whatever happens to them."""

from __future__ import annotations

import os
import signal

import pytest
from sqlalchemy import text

from checkin.db.models import JobState, Lane
from checkin.services.jobs.files import JobFiles
from checkin.services.jobs.own_jobs import files_of
from checkin.services.jobs.queue import cancel, result_of
from checkin.services.jobs.workers import is_any_alive
from checkin.settings import Settings
from tests.support.asked_jobs import ask, ended, job_now
from tests.support.factories import KEYS, MASTER_KEY, write
from tests.support.servers.working import end_of, is_alive, stop, working
from tests.support.waiting import wait_for
from tests.worker.kinds import TEST_KINDS, pids

FOREVER = 100_000
_OPEN_NOW = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counted'"


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=MASTER_KEY.hex(),
        worker_memory_mb=256,
    )


@pytest.fixture
def worker(settings):
    with working(settings, kinds=TEST_KINDS) as process:
        yield process


def begun(settings, job_id, times=1) -> int:
    """Wait until a job has been begun so often, and return its process."""
    wait_for(lambda: len(pids(settings.home, job_id)) >= times, f"job {job_id} to begin")
    return pids(settings.home, job_id)[-1]


def content(database, settings, job) -> list[tuple[str, int, bytes]]:
    with database.read() as session:
        files = files_of(session, job)
    reading = JobFiles(database, KEYS, settings.home)
    return [(file.name, file.size, b"".join(reading.read(file))) for file in files]


def test_a_job_is_done_and_its_files_and_its_result_are_there(database, settings, worker):
    job = ended(database, ask(database, "count", steps=5))

    assert (job.state, job.done, job.total, job.attempts) == (JobState.DONE, 5, 5, 1)
    assert result_of(KEYS, job) == {"counted": 5}
    assert content(database, settings, job) == [("counted.txt", 7, b"5 steps")]
    assert job.sealed is None


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("devour", "out_of_memory"),
        ("devour_beside", "out_of_memory"),
        ("abort", "out_of_memory"),
        ("killed_beside", "died"),
        ("stumble", "fault"),
        ("stumble_beside", "fault"),
        ("refuse", "no_badges"),
    ],
)
def test_a_job_that_goes_wrong_says_why_and_the_next_one_is_done(database, worker, kind, code):
    bad, good = ask(database, kind), ask(database, "count")

    assert ended(database, bad).problem == {"code": code, "values": {}}
    assert (ended(database, good).state, worker.is_alive()) == (JobState.DONE, True)


def test_a_job_whose_process_is_killed_has_died_and_the_next_one_is_done(
    database, settings, worker
):
    killed, good = ask(database, "count", steps=FOREVER), ask(database, "count")
    os.kill(begun(settings, killed), signal.SIGKILL)

    assert ended(database, killed).problem == {"code": "died", "values": {}}
    assert ended(database, good).state == JobState.DONE


@pytest.mark.parametrize("kind", ["count", "deaf"])
def test_a_canceled_job_ends_and_leaves_nothing_whether_it_listens_or_not(
    database, settings, worker, kind
):
    job_id = ask(database, kind, steps=FOREVER)
    pid = begun(settings, job_id)

    write(
        database, lambda s: cancel(s, job_now(database, job_id), job_now(database, job_id).seen_at)
    )

    job = ended(database, job_id)
    end_of(pid)
    assert (job.state, job.sealed, job.result) == (JobState.CANCELED, None, None)
    assert list((settings.home / "jobs").glob("*")) == []


def test_after_kill_9_of_the_worker_its_job_dies_and_the_next_of_its_name_does_it_again(
    database, settings
):
    job_id = ask(database, "count", steps=300)
    with working(settings, "one", TEST_KINDS) as worker:
        pid = begun(settings, job_id)
        worker.kill()
        worker.join()
    end_of(pid)
    assert job_now(database, job_id).state == JobState.RUNNING

    with working(settings, "one", TEST_KINDS):
        job = ended(database, job_id)

    assert (job.state, job.attempts) == (JobState.DONE, 2)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_gives_its_job_back(database, settings, worker, how):
    job_id = ask(database, "count", steps=FOREVER)
    pid = begun(settings, job_id)

    os.kill(worker.pid, how)
    worker.join(30)

    job = job_now(database, job_id)
    assert (worker.exitcode, is_alive(pid)) == (0, False)
    assert (job.state, job.attempts, job.claimed_by) == (JobState.QUEUED, 0, None)
    with database.read() as session:
        assert not is_any_alive(session, job.created_at)


def test_a_worker_that_is_told_to_end_kills_a_job_that_does_not_listen(database, settings, worker):
    job_id = ask(database, "deaf")
    pid = begun(settings, job_id)

    assert stop(worker) == 0

    assert not is_alive(pid)
    assert job_now(database, job_id).state == JobState.QUEUED


def test_each_lane_has_one_job_at_once_and_none_waits_for_the_other(database, settings, worker):
    sending = ask(database, "send", Lane.MAIL, steps=FOREVER)
    begun(settings, sending)
    first, second = (ask(database, "count", steps=20) for _ in range(2))

    done = [ended(database, number) for number in (first, second)]

    assert [job.state for job in done] == [JobState.DONE] * 2
    assert done[1].claimed_at >= done[0].finished_at
    assert job_now(database, sending).state == JobState.RUNNING


def test_an_upload_does_not_wait_for_a_long_print(database, settings, worker):
    printing = ask(database, "count", steps=FOREVER)
    begun(settings, printing)

    uploaded = ended(database, ask(database, "count", Lane.UPLOADS))

    assert uploaded.state == JobState.DONE
    assert job_now(database, printing).state == JobState.RUNNING


def test_two_workers_share_the_jobs_and_each_is_begun_once(database, settings):
    numbers = [ask(database, "count", steps=2) for _ in range(12)]
    with working(settings, kinds=TEST_KINDS), working(settings, kinds=TEST_KINDS):
        states = [ended(database, number).state for number in numbers]

    assert states == [JobState.DONE] * 12
    assert [len(pids(settings.home, number)) for number in numbers] == [1] * 12


def test_a_worker_hears_of_a_job_at_once(database, settings, worker):
    ended(database, ask(database, "count"))

    job = ended(database, ask(database, "count", steps=0))

    assert (job.claimed_at - job.created_at).total_seconds() < 5


def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(database, settings, worker):
    unknown, known = ask(database, "of_tomorrow"), ask(database, "count")

    assert ended(database, known).state == JobState.DONE
    assert job_now(database, unknown).state == JobState.QUEUED


def test_a_job_goes_on_after_the_database_was_away(postgres_database, postgres_databases, tmp_path):
    """Every connection is cut, as by a restart of PostgreSQL."""
    database = postgres_database
    settings = Settings(home=tmp_path, database_url=database.url, master_key=MASTER_KEY.hex())
    with working(settings, kinds=TEST_KINDS) as worker:
        job_id = ask(database, "count", steps=200)
        begun(settings, job_id)
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with database.reading() as connection:
            connection.exec_driver_sql(cut)
        database.disconnect()

        job = ended(database, job_id)
        assert (job.state, worker.is_alive()) == (JobState.DONE, True)


def test_jobs_of_a_lane_are_done_in_the_order_in_which_they_were_asked(database, settings):
    numbers = [ask(database, "count", steps=0) for _ in range(5)]
    with working(settings, kinds=TEST_KINDS):
        claimed = [ended(database, number).claimed_at for number in numbers]

    assert claimed == sorted(claimed)


@pytest.mark.postgres
def test_a_worker_and_its_job_open_no_more_connections_than_is_told(postgres_database, tmp_path):
    # docs/operating.md: 4 of a worker, and 3 of each process that it has under way
    database, named = postgres_database, "application_name=counted"
    url = f"{database.url}{'&' if '?' in database.url else '?'}{named}"
    settings = Settings(home=tmp_path, database_url=url, master_key=MASTER_KEY.hex())
    with working(settings, kinds=TEST_KINDS):
        begun(settings, ask(database, "count", steps=FOREVER))
        with database.reading() as connection:
            open_now = connection.scalar(text(_OPEN_NOW))

    assert 0 < open_now <= 4 + 3
