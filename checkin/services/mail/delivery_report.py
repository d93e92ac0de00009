"""Report on the delivery of badges, by delegation and by participant, and resend them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, true
from sqlalchemy.orm import Session

from checkin.db.models import (
    Badge,
    BadgePrint,
    Delegation,
    Event,
    MergedRecord,
    Message,
    Participant,
)
from checkin.domain.messages.kinds import BADGE_KINDS
from checkin.domain.people.public_badges import NOT_YET
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.events.events import delegations_of
from checkin.services.mail.claims import retry_unknown
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.unchecked import IS_SEEN_AS_CONFIRMED, is_given_out

_IS_CONFIRMED = Participant.standing == RegistrationStatus.CONFIRMED
#: the rate is measured over the messages of this span
_RATE_SPAN = timedelta(seconds=30)
#: so many people are held at a time, however many there are
_AT_A_TIME = 1000


class Delivery(StrEnum):
    """The state of delivery of the newest message that brings a participant their badge."""

    SENT = "sent"
    QUEUED = "queued"
    SENDING = "sending"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NO_ADDRESS = "no_address"
    #: they have said that they want no e-mails
    NO_MAIL = "no_mail"
    #: they have an address, given after their badge was issued, and nothing was queued
    NO_MESSAGE = "no_message"


#: these people have to be reached otherwise
UNREACHED = frozenset(
    {
        *(Delivery.NO_ADDRESS, Delivery.NO_MAIL, Delivery.BOUNCED, Delivery.FAILED),
        *(Delivery.UNKNOWN, Delivery.NO_MESSAGE),
    }
)


@dataclass(frozen=True, slots=True)
class DelegationDelivery:
    """The counts of one delegation's confirmed participants by delivery.

    Attributes:
        with_badge: how many hold a valid badge.
        printed: how many of those badges were printed at a desk.
    """

    delegation: Delegation
    with_badge: int
    printed: int
    counts: Counter[Delivery] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reached:
    """A confirmed participant and the delivery of their message."""

    participant: Participant
    delegation: Delegation
    delivery: Delivery
    message: Message | None
    printed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of sending.

    Attributes:
        rate: messages a second over the last half minute.
        left_s: seconds until the queue is empty at that rate; None while nothing is sent.
    """

    counts: Counter[Delivery]
    rate: float
    left_s: int | None


def delivery_by_delegation(
    session: Session,
    event: Event,
    delegation_id: int | None = None,
    *,
    seen_at: datetime | None = None,
) -> list[DelegationDelivery]:
    """Return every delegation's counts, by name; only one delegation's where it is given.

    Args:
        seen_at: when a coordinator sees them, see `Chosen`.
    """
    state = _delivery()
    counted = _confirmed(event, delegation_id, seen_at).add_columns(
        Participant.delegation_id, state.label("state"), func.count().label("people")
    )
    found: dict[int, Counter[Delivery]] = {}
    for row in session.execute(counted.group_by(Participant.delegation_id, state)):
        found.setdefault(row.delegation_id, Counter())[Delivery(row.state)] = row.people
    holders = _holders(session, event, seen_at)
    return [
        DelegationDelivery(one, *holders.get(one.id, (0, 0)), found.get(one.id, Counter()))
        for one in delegations_of(session, event)
        if delegation_id in (None, one.id)
    ]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice among an event's confirmed participants.

    Attributes:
        wanted: those with these deliveries.
        delegation_id: those of one delegation; None for all.
        printed: those whose badge was printed at a desk, or was not; None for both.
        participant_ids: these of them; None for all.
        seen_at: when a coordinator sees them, who does not know who is to be checked, and is given
            no badge that is withheld; None: they are seen as they are.
    """

    wanted: Collection[Delivery] = frozenset(Delivery)
    delegation_id: int | None = None
    printed: bool | None = None
    participant_ids: Collection[int] | None = None
    seen_at: datetime | None = None


def people_by_delivery(
    session: Session,
    event: Event,
    chosen: Chosen,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[Reached]:
    """Return the chosen participants with their deliveries, delegation by delegation."""
    return list(_reached(session, select_chosen(event, chosen).limit(limit).offset(offset)))


def each_by_delivery(session: Session, event: Event, chosen: Chosen) -> Iterator[Reached]:
    """Do as `people_by_delivery` for any number of people: few are held at a time."""
    statement = select_chosen(event, chosen).execution_options(yield_per=_AT_A_TIME)
    return _reached(session, statement)


def count_of_chosen(session: Session, event: Event, chosen: Chosen) -> int:
    """Return how many participants are chosen."""
    statement = select_chosen(event, chosen).with_only_columns(func.count()).order_by(None)
    return session.scalars(statement).one()


def progress_of(
    session: Session, event: Event, now: datetime, delegation_id: int | None = None
) -> Progress:
    """Return the progress of sending, computed from the messages' times, of all processes.

    Args:
        delegation_id: of a coordinator, who does not know who is to be checked.
    """
    state = _delivery()
    seen_at = None if delegation_id is None else now
    counted = _confirmed(event, delegation_id, seen_at).add_columns(
        state.label("state"), func.count()
    )
    rows = session.execute(counted.group_by(state)).all()
    counts = Counter({Delivery(found): people for found, people in rows})
    recent = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.event_id == event.id, Message.handed_at > now - _RATE_SPAN)
    )
    rate = (recent or 0) / _RATE_SPAN.total_seconds()
    left = counts[Delivery.QUEUED] + counts[Delivery.SENDING]
    return Progress(counts, round(rate, 1), round(left / rate) if rate else None)


def resend(
    session: Session,
    event: Event,
    participant_ids: Sequence[int],
    *,
    now: datetime,
    delegation_id: int | None = None,
    operator_id: int | None = None,
) -> int:
    """Queue the badges of these confirmed participants again, to their current addresses.

    A participant who has a message waiting gets no second one; an unknown message is repeated
    unchanged, so that mail programs can recognise it as the same.

    Args:
        delegation_id: only this delegation's people; others are left out.

    Returns:
        How many messages were queued.
    """
    chosen = Chosen(delegation_id=delegation_id, participant_ids=participant_ids)
    people = [one for one in people_by_delivery(session, event, chosen) if one.participant.email]
    unknown = [p.message.id for p in people if p.message and p.delivery is Delivery.UNKNOWN]
    waiting = (Delivery.QUEUED, Delivery.SENDING, Delivery.UNKNOWN)
    anew = [p.participant.id for p in people if p.delivery not in waiting]
    count = queue_badge_messages(session, event, anew, now)
    if unknown:
        count += retry_unknown(session, event, unknown, now=now, operator_id=operator_id)
    note(session, event.id, "mail.resend", now, operator_id=operator_id, messages=count)
    return count


def select_chosen(event: Event, chosen: Chosen) -> Select[Any]:
    """Return the query for the chosen participants with their deliveries, to be narrowed."""
    state = _delivery()
    statement = (
        _confirmed(event, chosen.delegation_id, chosen.seen_at)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .add_columns(Participant, Delegation, state.label("state"), Message, _printed())
        .where(state.in_(chosen.wanted))
        .order_by(Delegation.name, Participant.folded_name, Participant.id)
    )
    if chosen.printed is not None:
        statement = statement.where(_printed() == chosen.printed)
    if chosen.participant_ids is not None:
        statement = statement.where(Participant.id.in_(chosen.participant_ids))
    return statement


def _reached(session: Session, statement: Select[Any]) -> Iterator[Reached]:
    with session.execute(statement) as rows:
        for person, delegation, state, message, on_paper in rows:
            yield Reached(person, delegation, Delivery(state), message, bool(on_paper))


def _delivery() -> ColumnElement[str]:
    return case(
        (Message.id.is_not(None), Message.state),
        (Participant.email.is_(None), Delivery.NO_ADDRESS.value),
        (Participant.no_mail.is_(True), Delivery.NO_MAIL.value),
        (Participant.unchecked_as.is_not(None), Delivery.QUEUED.value),
        (Participant.badge_from == NOT_YET, Delivery.QUEUED.value),
        else_=Delivery.NO_MESSAGE.value,
    )


def _confirmed(
    event: Event, delegation_id: int | None, seen_at: datetime | None = None
) -> Select[Any]:
    # The badge of a record that was merged into theirs is refused: they need their own.
    merged = (
        select(Badge.id)
        .join(MergedRecord, MergedRecord.participant_id == Badge.participant_id)
        .where(MergedRecord.event_id == event.id)
    )
    newest = (
        select(Message.participant_id, func.max(Message.id).label("id"))
        .where(
            Message.event_id == event.id,
            Message.kind.in_(BADGE_KINDS),
            Message.badge_id.not_in(merged),
        )
        .group_by(Message.participant_id)
        .subquery()
    )
    statement: Select[Any] = (
        select()
        .select_from(Participant)
        .outerjoin(newest, newest.c.participant_id == Participant.id)
        .outerjoin(Message, Message.id == newest.c.id)
        .where(Participant.event_id == event.id, IS_SEEN_AS_CONFIRMED if seen_at else _IS_CONFIRMED)
    )
    if delegation_id is not None:
        statement = statement.where(Participant.delegation_id == delegation_id)
    return statement


def _printed() -> ColumnElement[bool]:
    return (
        exists()
        .where(BadgePrint.badge_id == Badge.id, Badge.participant_id == Participant.id)
        .where(Badge.revoked_at.is_(None))
    )


def _holders(
    session: Session, event: Event, seen_at: datetime | None
) -> dict[int, tuple[int, int]]:
    """Return the holders of valid badges by delegation, and those whose badge was printed."""
    given_out = is_given_out(seen_at) if seen_at else true()
    working = and_(Badge.participant_id == Participant.id, Badge.revoked_at.is_(None))
    printed = exists().where(BadgePrint.badge_id == Badge.id)
    rows = session.execute(
        select(
            Participant.delegation_id,
            func.count().label("people"),
            func.sum(case((printed, 1), else_=0)).label("printed"),
        )
        .join(Badge, working)
        .where(Participant.event_id == event.id, _IS_CONFIRMED, given_out)
        .group_by(Participant.delegation_id)
    )
    return {row.delegation_id: (row.people, row.printed) for row in rows}
