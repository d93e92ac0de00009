"""The job that sends an event's messages: one for each event at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Job, Lane, MailSwitch, Message, MessageState, Sending
from checkin.domain.messages.kinds import MessageKind
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.jobs.queue import FINAL, Asked, cancel, enqueue
from checkin.services.mail.sender import (
    hold_badges,
    is_being_sent,
    sending_of,
    set_sending,
    take_turn,
)
from checkin.services.mail.waiting import left_to_send

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
    if sending_of(session, event.id) is not Sending.RUNNING:
        set_sending(session, event, Sending.RUNNING, operator_id=operator_id, now=now)
    if (job := _under_way(session, event)) is not None:
        return job
    return _asked(session, keys, event, endpoint, operator_id, now)


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

    Where a sending is under way they join it, and it goes on as it was asked for. A pause stays:
    they leave when somebody resumes.

    Returns:
        As `start_sending`.
    """
    take_turn(session)
    if (job := _under_way(session, event)) is not None:
        return job
    if not is_being_sent(session, event.id, now):
        hold_badges(session, event, now, held=True)
    return _asked(session, keys, event, endpoint, operator_id, now)


def send_the_rest(
    session: Session,
    keys: Keys,
    event: Event,
    *,
    endpoint: str,
    operator_id: int | None,
    now: datetime,
) -> None:
    """Ask for another sending if something was queued while one came to its end.

    Whoever queued it saw the sending still under way, and asked for none. It is called in the
    transaction that records the end: the lock puts both in an order.
    """
    take_turn(session)
    if left_to_send(session, event) and _under_way(session, event) is None:
        _asked(session, keys, event, endpoint, operator_id, now)


def end_sending(session: Session, event: Event, *, operator_id: int, now: datetime) -> None:
    """Cancel the job that sends an event's messages, whoever asked for it; they stay queued."""
    if (job := _under_way(session, event)) is not None:
        cancel(session, job, now)
        note(session, event.id, "mail.cancel", now, operator_id=operator_id)


_IS_SENDING = Job.kind == MAIL, Job.event_id == Event.id
# What could leave before the last sending ended was left by it, for a reason that Delivery says.
_ASKED_FOR_SINCE = exists().where(
    *_IS_SENDING, or_(Job.finished_at.is_(None), Job.finished_at >= Message.next_try_at)
)
_IS_STOPPED = exists().where(MailSwitch.event_id == Event.id, MailSwitch.sending != Sending.RUNNING)
_EVENTS_TO_TELL = (
    select(Event.id)
    .where(
        Event.purged_at.is_(None),
        Event.ends_at > bindparam("now"),
        ~_IS_STOPPED,
        exists().where(
            Message.event_id == Event.id,
            Message.state == MessageState.QUEUED,
            or_(Message.kind != MessageKind.BADGE, Message.follows_id.is_not(None)),
            Message.attempts == 0,
            Message.next_try_at <= bindparam("now"),
            ~_ASKED_FOR_SINCE,
        ),
    )
    .order_by(Event.id)
)


def events_to_tell(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of the events with messages for which nobody has asked for a sending yet.

    Badges are not meant, which wait for the organiser; those of a delegation's link are, once they
    may be given out, and those that go on by the next channel where one has failed.
    """
    return session.scalars(_EVENTS_TO_TELL, {"now": now}).all()


def newest_sending(session: Session, event_id: int) -> Job | None:
    """Return the job that sends an event's messages, or the last one that did; None without any."""
    ours = (Job.event_id == event_id, Job.kind == MAIL)
    return session.scalars(select(Job).where(*ours).order_by(Job.id.desc()).limit(1)).first()


def _under_way(session: Session, event: Event) -> Job | None:
    job = newest_sending(session, event.id)
    return job if job is not None and job.state not in FINAL else None


def _asked(
    session: Session,
    keys: Keys,
    event: Event,
    endpoint: str,
    operator_id: int | None,
    now: datetime,
) -> Job:
    asked = Asked(MAIL, Lane.MAIL, endpoint, event_id=event.id, operator_id=operator_id)
    note(session, event.id, "mail.start", now, operator_id=operator_id)
    return enqueue(session, keys, asked, now)
