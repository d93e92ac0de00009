"""The job that sends an event's messages: one for each event at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Job, Lane, Sending
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.jobs.queue import FINAL, Asked, cancel, enqueue
from checkin.services.mail.sender import hold_badges, sending_of, set_sending, take_turn

#: the name of this kind of jobs
MAIL = "mail"


def start_sending(
    session: Session,
    keys: Keys,
    event: Event,
    *,
    endpoint: str,
    operator_id: int | None,
    now: datetime,
) -> Job:
    """Ask for the sending of all of an event's messages, also where it was paused.

    Returns:
        The new job, or the one that is under way: nobody can ask for a second.
    """
    take_turn(session)
    hold_badges(session, event, now, held=False)
    return _sending(session, keys, event, endpoint, operator_id, now)


def start_telling(
    session: Session,
    keys: Keys,
    event: Event,
    *,
    endpoint: str,
    operator_id: int | None,
    now: datetime,
) -> Job:
    """Ask for the sending of an event's messages, but for badges that wait to be sent.

    Where a sending is under way they join it, and it goes on as it was asked for.

    Returns:
        As `start_sending`.
    """
    take_turn(session)
    job = newest_sending(session, event.id)
    if job is not None and job.state not in FINAL:
        return job
    hold_badges(session, event, now, held=True)
    return _sending(session, keys, event, endpoint, operator_id, now)


def _sending(
    session: Session,
    keys: Keys,
    event: Event,
    endpoint: str,
    operator_id: int | None,
    now: datetime,
) -> Job:
    if sending_of(session, event.id) is not Sending.RUNNING:
        set_sending(session, event, Sending.RUNNING, operator_id=operator_id, now=now)
    job = newest_sending(session, event.id)
    if job is not None and job.state not in FINAL:
        return job
    asked = Asked(MAIL, Lane.MAIL, endpoint, event_id=event.id, operator_id=operator_id)
    note(session, event.id, "mail.start", now, operator_id=operator_id)
    return enqueue(session, keys, asked, now)


def end_sending(session: Session, event: Event, *, operator_id: int, now: datetime) -> None:
    """Cancel the job that sends an event's messages, whoever asked for it; they stay queued."""
    job = newest_sending(session, event.id)
    if job is not None and job.state not in FINAL:
        cancel(session, job, now)
        note(session, event.id, "mail.cancel", now, operator_id=operator_id)


def newest_sending(session: Session, event_id: int) -> Job | None:
    """Return the job that sends an event's messages, or the last one that did; None without any."""
    ours = (Job.event_id == event_id, Job.kind == MAIL)
    return session.scalars(select(Job).where(*ours).order_by(Job.id.desc()).limit(1)).first()
