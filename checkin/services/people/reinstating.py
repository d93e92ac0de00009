"""Undo a cancellation, a participant's own or an organiser's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Message, MessageState, Participant
from checkin.domain.scanning.verdict import Standing
from checkin.services.common.activity import note
from checkin.services.common.list_version import touch_badges
from checkin.services.common.lookup import numbered
from checkin.services.people.enrolment import queue_badge_messages, reserve_numbers, take_places
from checkin.services.people.registration import next_list_version

#: their message came, or may still: the badge in it is the same one
_HAS_IT = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)


def reinstate(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> Standing:
    """Give a canceled person a free place, or the end of the reserve list.

    Their place may be somebody else's by now, who keeps it. Undoing twice changes nothing.

    Raises:
        NotFound: no participant of the event has this number.
    """
    version = next_list_version(session, event.id)
    person = numbered(session, event, Participant, participant_id)
    if person.standing != Standing.CANCELED:
        return Standing(person.standing)
    _stand_again(session, person, now)
    touch_badges(session, [person.id], version)
    _queue_if_missing(session, event, person, now)
    note(
        session,
        event.id,
        "participant.reinstate",
        now,
        operator_id=operator_id,
        participant_id=person.id,
        standing=person.standing,
    )
    return Standing(person.standing)


def _stand_again(session: Session, person: Participant, now: datetime) -> None:
    if take_places(session, person.delegation_id, 1, now):
        standing, reserve_no = Standing.CONFIRMED, None
    else:
        standing = Standing.RESERVE
        reserve_no = next(reserve_numbers(session, person.delegation_id, 1))
    # All at once: the constraints hold them together.
    person.standing, person.reserve_no, person.canceled_at = standing, reserve_no, None
    session.flush()


def _queue_if_missing(session: Session, event: Event, person: Participant, now: datetime) -> None:
    has_it = exists().where(Message.participant_id == person.id, Message.state.in_(_HAS_IT))
    if person.standing == Standing.CONFIRMED and not session.scalar(select(has_it)):
        queue_badge_messages(session, event, [person.id], now)
