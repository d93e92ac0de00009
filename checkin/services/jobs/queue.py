"""The states of a job, each change one compare-and-set, as those of a message in the outbox.

queued → running (claimed) → done, failed or canceled; back to queued when its worker stops or dies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, case, delete, exists, or_, select, text, update
from sqlalchemy.orm import Session

from checkin.db.models import Job, JobFile, JobFilePiece, JobState, Lane
from checkin.services.common.keys import Keys
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.sealing import seal_values, unseal_values

#: PostgreSQL tells the workers on this channel that there is a new job
CHANNEL = "marhaba_jobs"
#: without a sign of life for so long, a worker is taken for dead
LOST_AFTER = timedelta(seconds=30)
#: so often a job is begun again after its worker has died
MOST_RETRIES = 2
FINAL = (JobState.DONE, JobState.FAILED, JobState.CANCELED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is to do, who asked for it, and where.

    Attributes:
        arguments: a JSON object; it is stored encrypted.
        endpoint: where it was asked; who may use it no more does not get the result.
    """

    kind: str
    lane: Lane
    endpoint: str
    arguments: dict[str, Any] = field(default_factory=dict)
    event_id: int | None = None
    delegation_id: int | None = None
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that one worker has claimed, so that no other does it.

    Attributes:
        attempt: which of its attempts this is, from 1 on.
        sealed: its arguments, encrypted; see `arguments_of`.
    """

    id: int
    kind: str
    lane: Lane
    worker: str
    attempt: int
    event_id: int | None
    delegation_id: int | None
    operator_id: int | None
    sealed: bytes


def enqueue(session: Session, keys: Keys, asked: Asked, now: datetime) -> Job:
    """Add a job in the caller's transaction, and wake the workers when that commits."""
    job = Job(
        event_id=asked.event_id,
        operator_id=asked.operator_id,
        delegation_id=asked.delegation_id,
        endpoint=asked.endpoint,
        kind=asked.kind,
        lane=asked.lane,
        created_at=now,
    )
    session.add(job)
    session.flush()
    job.sealed = seal_values(keys, asked.arguments, _arguments_place(job.id))
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))
    return job


def waiting_lanes(session: Session, kinds: Collection[str]) -> set[Lane]:
    """Return the lanes in which a job of one of these kinds waits."""
    waiting = select(Job.lane).where(Job.state == JobState.QUEUED, Job.kind.in_(kinds))
    return {Lane(lane) for lane in session.scalars(waiting.distinct())}


def claim(
    session: Session, lane: Lane, worker: str, kinds: Collection[str], now: datetime
) -> Claimed | None:
    """Claim the oldest job of a lane, so that of two workers only one gets it; None without any.

    What an earlier attempt has made is erased.

    Args:
        worker: the name of the worker process.
        kinds: those that it knows.
    """
    waiting = select(Job).where(Job.lane == lane, Job.state == JobState.QUEUED, Job.kind.in_(kinds))
    while (job := session.scalars(waiting.order_by(Job.id).limit(1)).first()) is not None:
        if _changed(session, _claiming(job, worker, now)):
            _erase_files(session, job.id)
            session.refresh(job)
            return _claimed(job)
        session.expire(job)
    return None


def arguments_of(keys: Keys, claimed: Claimed) -> dict[str, Any]:
    """Return a job's arguments."""
    return unseal_values(keys, claimed.sealed, _arguments_place(claimed.id))


def result_of(keys: Keys, job: Job) -> dict[str, Any]:
    """Return what a job has told at its end; empty before that, and once it is erased."""
    return {} if job.result is None else unseal_values(keys, job.result, _result_place(job.id))


def advance(session: Session, claimed: Claimed, done: int, total: int, now: datetime) -> bool:
    """Record how far a job is, and that its worker lives.

    Returns:
        False if the job is to end: it was canceled, or has been taken from this worker.
    """
    going_on = (*is_ours(claimed), Job.cancel_asked_at.is_(None))
    statement = update(Job).where(*going_on).values(done=done, total=total, seen_at=now)
    return _changed(session, statement)


def keep_claims(session: Session, worker: str, now: datetime) -> set[int]:
    """Record that a worker lives, and return the ids of its jobs that are to go on."""
    ours = (Job.claimed_by == worker, Job.state == JobState.RUNNING)
    session.execute(update(Job).where(*ours).values(seen_at=now))
    return set(session.scalars(select(Job.id).where(*ours, Job.cancel_asked_at.is_(None))))


def finish(
    session: Session, keys: Keys, claimed: Claimed, result: dict[str, Any], now: datetime
) -> bool:
    """Record that a job is done; False if it is no longer this worker's."""
    sealed = seal_values(keys, result, _result_place(claimed.id))
    values = {"state": JobState.DONE, "result": sealed, "sealed": None, "finished_at": now}
    return _changed(session, update(Job).where(*is_ours(claimed)).values(done=Job.total, **values))


def fail(session: Session, claimed: Claimed, fault: JobFailed, now: datetime) -> bool:
    """Record why a job failed, and erase what it made; False if it is no longer this worker's."""
    values = _failed(fault.code, now, **fault.values)
    changed = _changed(session, update(Job).where(*is_ours(claimed)).values(**values))
    if changed:
        _erase_files(session, claimed.id)
    return changed


def give_back(session: Session, claimed: Claimed, now: datetime) -> bool:
    """Record that a job has ended early, because it was canceled or because its worker stops.

    Canceled ones are final; others are queued again, and this attempt does not count.
    """
    changed = _changed(
        session,
        update(Job).where(*is_ours(claimed)).values(**_ended_early(now), attempts=Job.attempts - 1),
    )
    if changed:
        _erase_files(session, claimed.id)
    return changed


def cancel(session: Session, job: Job, now: datetime) -> None:
    """End a job that waits at once, and ask the worker of one that runs to end it."""
    queued = (Job.id == job.id, Job.state == JobState.QUEUED)
    values = {"state": JobState.CANCELED, "sealed": None, "finished_at": now}
    if not _changed(session, update(Job).where(*queued).values(**values)):
        running = (Job.id == job.id, Job.state == JobState.RUNNING)
        _changed(session, update(Job).where(*running).values(cancel_asked_at=now))


def retry_lost(session: Session, now: datetime) -> None:
    """Queue the jobs again whose worker has given no sign of life for `LOST_AFTER`."""
    _retry(session, now, Job.seen_at < now - LOST_AFTER)


def retry_of(session: Session, worker: str, now: datetime) -> None:
    """Queue the jobs of a worker again that is known to be dead."""
    _retry(session, now, Job.claimed_by == worker)


def retry(session: Session, claimed: Claimed, now: datetime) -> None:
    """Queue a job again whose process could not go on."""
    _retry(session, now, *is_ours(claimed))


def is_ours(claimed: Claimed) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a job is still being done by this attempt."""
    return (
        Job.id == claimed.id,
        Job.state == JobState.RUNNING,
        Job.claimed_by == claimed.worker,
        Job.attempts == claimed.attempt,
    )


def is_still_ours(session: Session, claimed: Claimed) -> bool:
    """Say whether a job is still being done by this attempt."""
    return bool(session.scalar(select(exists().where(*is_ours(claimed)))))


def _retry(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    """Queue running jobs again, those excepted that were begun too often: they have failed.

    Sending takes days, and goes on where it was: it may be interrupted as often as it likes.
    """
    lost = (Job.state == JobState.RUNNING, *which)
    for job_id in session.scalars(select(Job.id).where(*lost)).all():
        _erase_files(session, job_id)
    again = (*lost, or_(Job.attempts <= MOST_RETRIES, Job.lane == Lane.MAIL))
    _changed(session, update(Job).where(*again).values(**_ended_early(now)))
    _changed(session, update(Job).where(*lost).values(**_failed(ProblemCode.WORKER_DIED, now)))


def _ended_early(now: datetime) -> dict[str, Any]:
    canceled = Job.cancel_asked_at.is_not(None)
    return {
        "state": case((canceled, JobState.CANCELED), else_=JobState.QUEUED),
        "sealed": case((canceled, None), else_=Job.sealed),
        "finished_at": case((canceled, now), else_=None),
        "claimed_by": None,
        "claimed_at": None,
        "done": 0,
    }


def _failed(code: ProblemCode, now: datetime, **details: Any) -> dict[str, Any]:
    problem = {"code": str(code), "values": details}
    return {"state": JobState.FAILED, "problem": problem, "sealed": None, "finished_at": now}


def _claiming(job: Job, worker: str, now: datetime) -> Update:
    return (
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            claimed_by=worker,
            claimed_at=now,
            seen_at=now,
            attempts=Job.attempts + 1,
            done=0,
        )
    )


def _claimed(job: Job) -> Claimed:
    return Claimed(
        id=job.id,
        kind=job.kind,
        lane=Lane(job.lane),
        worker=job.claimed_by or "",
        attempt=job.attempts,
        event_id=job.event_id,
        delegation_id=job.delegation_id,
        operator_id=job.operator_id,
        sealed=job.sealed or b"",
    )


def _erase_files(session: Session, job_id: int) -> None:
    # Those on the disk go at the next `checkin.services.jobs.files.sweep`.
    for table in (JobFilePiece, JobFile):
        session.execute(delete(table).where(table.job_id == job_id))


def _arguments_place(job_id: int) -> str:
    return f"arguments of {job_id}"


def _result_place(job_id: int) -> str:
    return f"result of {job_id}"


def _changed(session: Session, statement: Update) -> bool:
    changed = session.execute(statement.execution_options(synchronize_session=False))
    return bool(changed.rowcount > 0)  # type: ignore[attr-defined]
