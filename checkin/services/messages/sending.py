"""Send an announcement: the worker puts its messages into the outbox, in batches.

Whoever has a message of it already gets no second one, so it may be begun again at any time: after
its worker has died, or for those who have been registered since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, delete, exists, func, literal, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Announcement,
    AnnouncementState,
    Event,
    Lane,
    Message,
    MessageState,
    Participant,
)
from checkin.domain.channels.reach import Channel, Way
from checkin.domain.messages.kinds import MessageKind
from checkin.errors import Conflict
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.jobs.queue import Asked, enqueue
from checkin.services.mail.pace import pace_of
from checkin.services.mail.sending_job import start_telling
from checkin.services.messages.announcements import announcement_of, change_state
from checkin.services.messages.recipients import concerned, kind_for, reach_of
from checkin.services.people.badge_messages import (
    addressed,
    message_row,
    queue_messages,
    reachable,
)

#: the name of the kind of jobs that put an announcement's messages into the outbox
ANNOUNCE = "announce"
#: messages of one transaction: on SQLite scans wait for its end, some milliseconds
BATCH = {"sqlite": 100, "postgresql": 500}
_MAY_BEGIN = {AnnouncementState.DRAFT, AnnouncementState.QUEUED, AnnouncementState.CANCELED}


def begin(
    session: Session,
    keys: Keys,
    event: Event,
    announcement_id: int,
    *,
    endpoint: str,
    operator_id: int,
    now: datetime,
) -> bool:
    """Have an announcement sent; of two who press at once, one has it sent.

    Returns:
        False if it is being sent already, or was dropped.

    Raises:
        Conflict: the event is over.
    """
    if now >= event.ends_at:
        raise Conflict("the event is over: nothing more is mailed about it")
    announcement = announcement_of(session, event, announcement_id)
    by = {"sent_at": now, "sent_by": operator_id}
    if not change_state(session, announcement, _MAY_BEGIN, AnnouncementState.QUEUEING, **by):
        return False
    asked = Asked(
        ANNOUNCE,
        Lane.MAIL,
        endpoint,
        {"announcement": announcement_id},
        event_id=event.id,
        operator_id=operator_id,
        delegation_id=announcement.delegation_id,
    )
    enqueue(session, keys, asked, now)
    note(
        session,
        event.id,
        "message.send",
        now,
        operator_id=operator_id,
        announcement=announcement_id,
        about=announcement.about,
        people=reach_of(session, announcement).left,
    )
    return True


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of messages that is in the outbox.

    Attributes:
        messages: how many; fewer than asked for in the last one.
        last: the id of its last participant.
    """

    messages: int
    last: int


def queue_batch(
    session: Session, event: Event, announcement_id: int, *, after: int, most: int, now: datetime
) -> Batch | None:
    """Put an announcement's next messages into the outbox; None once it is not to go on.

    Args:
        after: the participant after whom it goes on, in the order of their ids.
        most: so many at most.
    """
    announcement = session.get_one(Announcement, announcement_id)
    going_on = AnnouncementState.QUEUEING
    # A write, so that whoever cancels waits for the batch, or the batch sees that they did.
    if not change_state(session, announcement, {going_on}, going_on):
        return None
    written = exists().where(
        Message.announcement_id == announcement_id, Message.participant_id == Participant.id
    )
    kind = kind_for(announcement)
    wanted = addressed(MessageKind.WRITTEN).add_columns(
        (literal(kind) if isinstance(kind, MessageKind) else cast(kind, String)).label("kind")
    )
    found = session.execute(
        wanted.where(*concerned(announcement), reachable(), ~written, Participant.id > after)
        .order_by(Participant.id)
        .limit(most)
    ).all()
    rows = [
        message_row(
            event,
            one.id,
            Way(Channel.EMAIL, one.email),
            one.badge_id,
            now,
            MessageKind(one.kind),
            one.badge_from,
            announcement_id=announcement_id,
        )
        for one in found
    ]
    queue_messages(session, rows)
    return Batch(len(rows), found[-1].id if found else after)


def all_queued(
    session: Session,
    keys: Keys,
    event: Event,
    announcement_id: int,
    *,
    operator_id: int | None,
    endpoint: str,
    now: datetime,
) -> None:
    """Record that all of an announcement's messages are in the outbox, and have them sent."""
    announcement = session.get_one(Announcement, announcement_id)
    before, after = {AnnouncementState.QUEUEING}, AnnouncementState.QUEUED
    if change_state(session, announcement, before, after):
        start_telling(session, keys, event, endpoint=endpoint, operator_id=operator_id, now=now)


def cancel_announcement(
    session: Session, event: Event, announcement_id: int, *, operator_id: int, now: datetime
) -> int | None:
    """End the sending of an announcement: what has not left is taken out of the outbox.

    Returns:
        How many messages were taken out; None if it is not being sent.
    """
    announcement = announcement_of(session, event, announcement_id)
    before = {AnnouncementState.QUEUEING, AnnouncementState.QUEUED}
    if not change_state(session, announcement, before, AnnouncementState.CANCELED):
        return None
    waiting = (
        Message.announcement_id == announcement_id,
        Message.state == MessageState.QUEUED,
    )
    taken_out: int = session.execute(delete(Message).where(*waiting)).rowcount  # type: ignore[attr-defined]
    details = {"announcement": announcement_id, "messages": taken_out}
    note(session, event.id, "message.cancel", now, operator_id=operator_id, **details)
    return taken_out


@dataclass(frozen=True, slots=True)
class AnnouncementProgress:
    """How far the messages of an announcement are.

    Attributes:
        rate: messages a second, see `pace_of`.
        left_s: seconds until the last has left at that rate; None while none leaves.
    """

    counts: Counter[MessageState]
    rate: float
    left_s: int | None

    @property
    def left(self) -> int:
        """How many have not left yet."""
        return self.counts[MessageState.QUEUED] + self.counts[MessageState.SENDING]


def messages_by_state(
    session: Session, announcement_ids: Collection[int]
) -> dict[int, Counter[MessageState]]:
    """Return how many messages of each of these announcements are in each state."""
    rows = session.execute(
        select(Message.announcement_id, Message.state, func.count().label("messages"))
        .where(Message.announcement_id.in_(announcement_ids))
        .group_by(Message.announcement_id, Message.state)
    )
    found: dict[int, Counter[MessageState]] = {number: Counter() for number in announcement_ids}
    for row in rows:
        found[row.announcement_id][MessageState(row.state)] = row.messages
    return found


def progress_of_announcement(
    session: Session, announcement: Announcement, now: datetime
) -> AnnouncementProgress:
    """Return how far the messages of an announcement are."""
    ours = Message.announcement_id == announcement.id
    counts = messages_by_state(session, [announcement.id])[announcement.id]
    left = counts[MessageState.QUEUED] + counts[MessageState.SENDING]
    return AnnouncementProgress(counts, *pace_of(session, now, left, ours))
