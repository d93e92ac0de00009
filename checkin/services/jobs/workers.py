"""Which workers are alive: each writes a heartbeat into a row of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import JobWorker
from checkin.services.jobs.queue import LOST_AFTER


def worker_seen(session: Session, name: str, now: datetime) -> None:
    """Record that a worker is alive, and forget those that have not been for long."""
    session.merge(JobWorker(name=name, seen_at=now))
    session.execute(delete(JobWorker).where(JobWorker.seen_at < now - LOST_AFTER))


def worker_left(session: Session, name: str) -> None:
    """Record that a worker has ended."""
    session.execute(delete(JobWorker).where(JobWorker.name == name))


def is_any_alive(session: Session, now: datetime) -> bool:
    """Say whether any worker is alive."""
    return bool(session.scalar(select(exists().where(JobWorker.seen_at >= now - LOST_AFTER))))
