"""Ask for jobs, and look how they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from checkin.db.engine import Database
from checkin.db.models import Job, Lane
from checkin.services.jobs.queue import FINAL, Asked, enqueue
from tests.support.factories import KEYS, write
from tests.support.waiting import wait_for


def ask(
    database: Database,
    kind: str,
    lane: Lane = Lane.OFFICE,
    *,
    at: datetime | None = None,
    endpoint: str = "event_badges.sheets",
    event_id: int | None = None,
    delegation_id: int | None = None,
    operator_id: int | None = None,
    **given: Any,
) -> int:
    """Ask for a job and return its id.

    Args:
        at: when, now unless it is given.
        given: its arguments.
    """
    asked = Asked(kind, lane, endpoint, given, event_id, delegation_id, operator_id)
    return write(
        database, lambda session: enqueue(session, KEYS, asked, at or datetime.now(UTC)).id
    )


def job_now(database: Database, job_id: int) -> Job:
    """Return a job as it is now."""
    with database.read() as session:
        return session.get_one(Job, job_id)


def ended(database: Database, job_id: int, timeout_s: float = 60) -> Job:
    """Wait for the end of a job and return it."""

    def found() -> Job | None:
        job = job_now(database, job_id)
        return job if job.state in FINAL else None

    return wait_for(found, f"the end of job {job_id}", timeout_s)
