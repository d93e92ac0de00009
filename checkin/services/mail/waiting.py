"""What is still to be sent of an event's messages, and what it waits for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, LetterSent, Message, MessageState, Sending
from checkin.domain.channels.gateways import decide_channels
from checkin.domain.channels.reach import BY_TELEPHONE, Channel
from checkin.services.common.installation_settings import kept_settings
from checkin.services.mail.claims import due
from checkin.services.mail.sender import DAY, left_since, not_held, sending_of


class WaitsFor(StrEnum):
    """Why messages that are queued do not leave now."""

    #: somebody has paused or stopped the sending
    SWITCH = "switch"
    #: as many as a day may have were sent in the last 24 hours
    DAY_LIMIT = "day_limit"
    #: their mail servers have refused them for now
    NEXT_TRY = "next_try"
    #: a sender has them, or had them when it was interrupted
    OTHER_SENDER = "other_sender"


@dataclass(frozen=True, slots=True)
class Wait:
    """What messages wait for.

    Attributes:
        messages: how many.
        until: when that is over; None where nobody knows.
    """

    reason: WaitsFor
    messages: int
    until: datetime | None = None


def left_to_send(session: Session, event: Event) -> int:
    """Return how many messages are queued, whenever they are due, or in the hands of a sender.

    Badges that are held are not among them: they stay. So does what waits for a channel that was
    stopped until somebody has mended it.
    """
    return _count(session, event, MessageState.QUEUED, MessageState.SENDING)


def queued(session: Session, event: Event) -> int:
    """Return how many messages are queued, whenever they are due."""
    return _count(session, event, MessageState.QUEUED)


def wait_of(session: Session, event: Event, now: datetime, per_day: int) -> Wait | None:
    """Return what an event's messages wait for; None if one may leave now, or none is left.

    Args:
        per_day: the most messages of all events in any 24 hours.
    """
    if not (left := left_to_send(session, event)):
        return None
    if sending_of(session, event.id) is not Sending.RUNNING:
        return Wait(WaitsFor.SWITCH, left)
    if is_due_by_telephone(session, event, now):
        return None
    if left_since(session, now - DAY) >= per_day:
        return Wait(WaitsFor.DAY_LIMIT, left, _oldest_since(session, now - DAY) + DAY)
    if session.scalar(select(Message.id).where(*due(event, now)).limit(1)) is not None:
        return None
    if (later := _next_try(session, event)) is not None:
        return Wait(WaitsFor.NEXT_TRY, queued(session, event), later)
    return Wait(WaitsFor.OTHER_SENDER, left)


def stopped(session: Session) -> Collection[Channel]:
    """Return the channels that were stopped until somebody has mended them."""
    return decide_channels(kept_settings(session)).stops.keys()


def is_due_by_telephone(
    session: Session, event: Event, now: datetime, but: Collection[Channel] = ()
) -> bool:
    """Say whether something is due by another channel than e-mail that was not stopped.

    Args:
        but: channels that are not asked about.
    """
    resting = {*stopped(session), *but}
    due_now = (due(event, now, channel) for channel in BY_TELEPHONE if channel not in resting)
    return any(
        session.scalar(select(Message.id).where(*one).limit(1)) is not None for one in due_now
    )


def _count(session: Session, event: Event, *states: MessageState) -> int:
    wanted = (
        *(Message.event_id == event.id, Message.state.in_(states), not_held(event.id)),
        Message.channel.not_in(stopped(session)),
    )
    return session.scalars(select(func.count()).select_from(Message).where(*wanted)).one()


def _next_try(session: Session, event: Event) -> datetime | None:
    queued = (Message.event_id == event.id, Message.state == MessageState.QUEUED)
    wanted = (*queued, not_held(event.id), Message.channel.not_in(stopped(session)))
    return session.scalar(select(func.min(Message.next_try_at)).where(*wanted))


def _oldest_since(session: Session, since: datetime) -> datetime:
    """Return when the first of those left that `left_since` counts; `since` if none has yet."""
    badge = session.scalar(select(func.min(Message.handed_at)).where(Message.handed_at > since))
    letter = session.scalar(select(func.min(LetterSent.at)).where(LetterSent.at > since))
    return min((moment for moment in (badge, letter) if moment is not None), default=since)
