"""Erase what jobs were given and have made: a day later, with the event, or when asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func
from sqlalchemy.orm import Session

from checkin.db.models import Job, JobState

#: since its end; since it was asked, if nobody ever did it
KEPT_FOR = timedelta(hours=24)


def forget_old(session: Session, now: datetime) -> None:
    """Erase the jobs that ended a day ago, or have waited for a day, with all of theirs."""
    last_of = func.coalesce(Job.finished_at, Job.seen_at, Job.created_at)
    forget(session, Job.state != JobState.RUNNING, last_of < now - KEPT_FOR)


def forget(session: Session, *which: ColumnElement[bool]) -> int:
    """Erase jobs with all of theirs from the database, and return how many.

    Their files go with them; on the disk by `checkin.services.jobs.files.sweep` after the commit.
    """
    gone = session.execute(delete(Job).where(*which))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count
