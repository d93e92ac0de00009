"""Go on to the next channel with whom one has failed, or could not reach at all.

A refusal for good, or a letter that came back, queues the next message in the transaction that
records it, and a unique index sees to it that this happens once. Whom no message was queued for,
because a channel was switched on since, is looked for when a sending begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Badge, Event, Message, MessageState, Participant
from checkin.domain.channels.reach import Channel, Contact, Reach
from checkin.domain.messages.kinds import BADGE_KINDS, MessageKind
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.mail.sender import take_turn
from checkin.services.people.badge_messages import (
    channels_of,
    has_mobile,
    message_row,
    queue_badge_messages,
    queue_messages,
)
from checkin.services.people.registering.unchecked import is_given_out

#: so many go on in one transaction, so that no gate waits long for it
_AT_A_TIME = 200
SWITCHED_OFF = "not sent: the channel is switched off"
_HAS_FAILED = (MessageState.FAILED, MessageState.BOUNCED)


def go_on(session: Session, message_id: int, now: datetime) -> bool:
    """Queue the next channel's message for whom this message has failed.

    None is for whoever has no further channel, wants no messages, is not confirmed any more, has
    another badge by now, or was written to since.

    Returns:
        Whether one was queued.
    """
    message = session.get_one(Message, message_id, populate_existing=True)
    event = session.get_one(Event, message.event_id)
    reach = channels_of(session, event)
    if reach.is_by_mail_alone or now >= event.ends_at:
        return False
    row = session.execute(_failed(event, now).where(Message.id == message_id)).one_or_none()
    if row is None:
        return False
    person = row.Participant
    contact = Contact(person.email, person.phone)
    way = reach.after(Channel(message.channel), contact)
    if way is None:
        return False
    kind = MessageKind(message.kind)
    more = {"follows_id": message.id}
    next_one = message_row(
        event, person.id, way, message.badge_id, now, kind, person.badge_from, **more
    )
    return queue_messages(session, [next_one]) == 1


def go_on_with_all(session: Session, event: Event, now: datetime) -> int:
    """Queue messages for some whom only a further channel can reach, and return how many.

    Call it again until none is left. A channel that was switched off gives up what waits for it.
    """
    take_turn(session)  # two of them would both find whom nothing was queued for
    reach = channels_of(session, event)
    _give_up(session, event, reach)
    if reach.is_by_mail_alone or now >= event.ends_at:
        return 0
    failed = session.scalars(
        _failed(event, now)
        .with_only_columns(Message.id)
        .where(_has_next(reach))
        .order_by(Message.id)
        .limit(_AT_A_TIME)
    ).all()
    count = sum(go_on(session, one, now) for one in failed)
    return count + queue_badge_messages(session, event, _without(session, event, reach, now), now)


def left_to_go_on(session: Session, event: Event, now: datetime) -> int:
    """Return how many people a further channel would reach, as soon as a sending begins."""
    reach = channels_of(session, event)
    if reach.is_by_mail_alone or now >= event.ends_at:
        return 0
    failed = _failed(event, now).with_only_columns(func.count()).where(_has_next(reach))
    count: int = session.scalars(failed).one()
    if not reach.by_telephone:
        return count
    nobody = _unwritten(event, now).with_only_columns(func.count())
    return count + session.scalars(nobody).one()


def _give_up(session: Session, event: Event, reach: Reach) -> None:
    session.execute(
        update(Message)
        .where(
            Message.event_id == event.id,
            Message.state == MessageState.QUEUED,
            Message.channel.not_in(reach.usable),
        )
        .values(state=MessageState.FAILED, last_answer=SWITCHED_OFF)
        .execution_options(synchronize_session=False)
    )


def _failed(event: Event, now: datetime) -> Any:
    """Return the query for messages that have failed people who still need them."""
    newer, next_one = aliased(Message), aliased(Message)
    return (
        select(Message, Participant)
        .join(Participant, Participant.id == Message.participant_id)
        .join(Badge, Badge.id == Message.badge_id)
        .where(
            Message.event_id == event.id,
            Message.kind.in_(BADGE_KINDS),
            Message.state.in_(_HAS_FAILED),
            *_still_needs_it(now),
            ~exists().where(next_one.follows_id == Message.id),
            ~exists().where(
                newer.participant_id == Message.participant_id,
                newer.id > Message.id,
                newer.kind.in_(BADGE_KINDS),
            ),
        )
    )


def _has_next(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a channel is left after the one that has failed."""
    has = {Channel.EMAIL: Participant.email.is_not(None)}
    ways = [
        and_(Message.channel == failed, or_(*(has.get(one, has_mobile()) for one in later)))
        for failed in reach.order
        if (later := reach.later_than(failed))
    ]
    return or_(false(), *ways)


def _unwritten(event: Event, now: datetime) -> Select[Any]:
    """Return the query for people without e-mail to whom nothing has brought their badge."""
    written = aliased(Message)
    return (
        select(Participant)
        .join(Badge, Badge.participant_id == Participant.id)
        .where(
            Participant.event_id == event.id,
            Participant.email.is_(None),
            has_mobile(),
            *_still_needs_it(now),
            ~exists().where(
                written.participant_id == Participant.id, written.kind.in_(BADGE_KINDS)
            ),
        )
    )


def _without(session: Session, event: Event, reach: Reach, now: datetime) -> Sequence[int]:
    if not reach.by_telephone:
        return []
    wanted = _unwritten(event, now).with_only_columns(Participant.id)
    return session.scalars(wanted.order_by(Participant.id).limit(_AT_A_TIME)).all()


def _still_needs_it(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Badge.revoked_at.is_(None),
        Participant.standing == RegistrationStatus.CONFIRMED,
        Participant.no_mail.is_not(True),
        is_given_out(now),
    )
