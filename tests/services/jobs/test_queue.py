"""The states of a job, on both databases."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from checkin.db.models import Job, JobState, Lane
from checkin.services.common.keys import Keys
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.queue import (
    LOST_AFTER,
    MOST_RETRIES,
    Asked,
    advance,
    arguments_of,
    cancel,
    claim,
    enqueue,
    fail,
    finish,
    give_back,
    keep_claims,
    result_of,
    retry,
    retry_lost,
    retry_of,
    waiting_lanes,
)
from tests.support.asked_jobs import ask, job_now
from tests.support.factories import KEYS, NOW, minutes, write

KINDS = {"count", "send"}
LATER = NOW + LOST_AFTER + minutes(1)


@pytest.fixture
def job_id(database):
    return ask(database, "count", at=NOW, who="Amina Alaoui")


def claimed_by(database, worker="one", lane=Lane.OFFICE, at=NOW):
    return write(database, lambda s: claim(s, lane, worker, KINDS, at))


def state_of(database, job_id):
    return JobState(job_now(database, job_id).state)


def test_a_job_is_claimed_with_its_arguments_which_the_table_does_not_show(database, job_id):
    claimed = claimed_by(database)

    assert (claimed.id, claimed.attempt, claimed.worker) == (job_id, 1, "one")
    assert arguments_of(KEYS, claimed) == {"who": "Amina Alaoui"}
    assert b"Amina" not in claimed.sealed
    with pytest.raises(InvalidTag):
        arguments_of(Keys(b"of another installation".ljust(32)), claimed)


def test_the_arguments_of_one_job_do_not_open_as_those_of_another(database, job_id):
    claimed, other = claimed_by(database), ask(database, "count", at=NOW)
    write(
        database,
        lambda s: setattr(s.get_one(Job, other), "sealed", claimed.sealed),
    )

    with pytest.raises(InvalidTag):
        arguments_of(KEYS, claimed_by(database))


def test_a_job_that_is_taken_back_with_its_transaction_is_never_seen(database):
    def ask_and_fail(session):
        enqueue(session, KEYS, Asked("count", Lane.OFFICE, ""), NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(database, ask_and_fail)

    assert claimed_by(database) is None


def test_only_what_waits_in_the_lane_and_is_known_is_claimed_the_oldest_first(database):
    unknown = ask(database, "of_tomorrow", at=NOW)
    first, second = ask(database, "count", at=NOW), ask(database, "count", at=NOW)
    sending = ask(database, "send", Lane.MAIL, at=NOW)
    with database.read() as session:
        assert waiting_lanes(session, KINDS) == {Lane.OFFICE, Lane.MAIL}

    assert [claimed_by(database).id for _ in range(2)] == [first, second]
    assert claimed_by(database, lane=Lane.MAIL).id == sending
    assert claimed_by(database) is None
    assert state_of(database, unknown) == JobState.QUEUED


def test_a_job_tells_how_far_it_is_until_it_is_canceled(database, job_id):
    claimed = claimed_by(database)

    assert write(database, lambda s: advance(s, claimed, 3, 10, NOW + minutes(1)))
    job = job_now(database, job_id)
    assert (job.done, job.total, job.seen_at) == (3, 10, NOW + minutes(1))

    write(database, lambda s: cancel(s, job, NOW))
    assert not write(database, lambda s: advance(s, claimed, 4, 10, NOW))
    assert write(database, lambda s: keep_claims(s, "one", NOW)) == set()
    assert write(database, lambda s: give_back(s, claimed, NOW))
    assert state_of(database, job_id) == JobState.CANCELED


def test_a_job_that_waits_is_canceled_at_once_and_one_that_is_done_stays_done(database, job_id):
    done = claimed_by(database)
    write(database, lambda s: finish(s, KEYS, done, {"badges": 3}, NOW))
    waiting = ask(database, "count", at=NOW)

    for number in (job_id, waiting):
        write(database, lambda s, number=number: cancel(s, s.get_one(Job, number), NOW))

    assert (state_of(database, job_id), state_of(database, waiting)) == ("done", "canceled")
    assert result_of(KEYS, job_now(database, job_id)) == {"badges": 3}
    assert job_now(database, waiting).sealed is None


def test_a_failure_keeps_its_code_and_forgets_the_arguments(database, job_id):
    claimed = claimed_by(database)

    write(database, lambda s: fail(s, claimed, JobFailed(ProblemCode.DIED), NOW))

    job = job_now(database, job_id)
    assert (job.state, job.problem, job.sealed) == ("failed", {"code": "died", "values": {}}, None)


def test_a_job_that_is_given_back_waits_again_and_the_attempt_does_not_count(database, job_id):
    claimed = claimed_by(database)

    write(database, lambda s: give_back(s, claimed, NOW))

    assert (state_of(database, job_id), claimed_by(database, "two").attempt) == ("queued", 1)


def lose_worker(database, _claimed):
    write(database, lambda s: retry_lost(s, LATER))


def lose_by_name(database, _claimed):
    write(database, lambda s: retry_of(s, "one", NOW))


def lose_database(database, claimed):
    write(database, lambda s: retry(s, claimed, NOW))


@pytest.mark.parametrize("lose", [lose_worker, lose_by_name, lose_database])
def test_a_job_whose_worker_dies_is_begun_again_twice_and_then_has_failed(database, job_id, lose):
    for attempt in range(1, MOST_RETRIES + 2):
        claimed = claimed_by(database)
        assert claimed.attempt == attempt
        lose(database, claimed)

    job = job_now(database, job_id)
    assert (job.state, job.problem["code"], job.sealed) == ("failed", "worker_died", None)
    assert claimed_by(database) is None


def test_a_worker_that_is_alive_keeps_its_job_and_others_do_not_lose_theirs(database, job_id):
    claimed_by(database)
    assert write(database, lambda s: keep_claims(s, "one", LATER)) == {job_id}

    write(database, lambda s: retry_lost(s, LATER))
    write(database, lambda s: retry_of(s, "two", LATER))

    assert state_of(database, job_id) == JobState.RUNNING


def test_a_worker_that_was_taken_for_dead_changes_nothing_any_more(database, job_id):
    slow = claimed_by(database)
    write(database, lambda s: retry_lost(s, LATER))
    now = claimed_by(database, "one", at=LATER)

    for too_late in (
        lambda s: advance(s, slow, 1, 2, LATER),
        lambda s: finish(s, KEYS, slow, {}, LATER),
        lambda s: fail(s, slow, JobFailed(ProblemCode.DIED), LATER),
        lambda s: give_back(s, slow, LATER),
    ):
        assert not write(database, too_late)

    assert write(database, lambda s: finish(s, KEYS, now, {}, LATER))


def test_a_canceled_job_whose_worker_dies_is_not_begun_again(database, job_id):
    claimed_by(database)
    write(database, lambda s: cancel(s, s.get_one(Job, job_id), NOW))

    write(database, lambda s: retry_lost(s, LATER))

    assert state_of(database, job_id) == JobState.CANCELED
