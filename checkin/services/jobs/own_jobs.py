"""The jobs of an operator, with their files."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Job, JobFile, JobState
from checkin.errors import NotFound

#: so many are listed, the newest first
MOST_LISTED = 50


def own_job(session: Session, event_id: int, operator_id: int, job_id: int) -> Job:
    """Return a job of an event that this operator has asked for.

    Raises:
        NotFound: there is none with this id, it is somebody else's, or it was erased.
    """
    job = session.get(Job, job_id)
    if job is None or (job.event_id, job.operator_id) != (event_id, operator_id):
        raise NotFound("there is no such job, or its result was erased")
    return job


def own_jobs(session: Session, event_id: int, operator_id: int) -> Sequence[Job]:
    """Return the jobs of an event that this operator has asked for, the newest first."""
    return session.scalars(
        select(Job)
        .where(Job.event_id == event_id, Job.operator_id == operator_id)
        .order_by(Job.id.desc())
        .limit(MOST_LISTED)
    ).all()


def files_of(session: Session, job: Job) -> Sequence[JobFile]:
    """Return the files of a job that is done."""
    if job.state != JobState.DONE:
        return []
    wanted = select(JobFile).where(JobFile.job_id == job.id).order_by(JobFile.number)
    return session.scalars(wanted).all()


def file_of(session: Session, job: Job, number: int) -> JobFile:
    """Return one file of a job that is done.

    Raises:
        NotFound: the job is not done, or has no such file.
    """
    file = session.get(JobFile, (job.id, number))
    if file is None or job.state != JobState.DONE:
        raise NotFound("there is no such file, or it was erased")
    return file


def waiting_before(session: Session, job: Job) -> int:
    """Return how many jobs of the same lane come before a job that waits."""
    before = select(Job.id).where(
        Job.lane == job.lane, Job.id < job.id, Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    )
    return len(session.scalars(before).all())
