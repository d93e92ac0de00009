"""Whom an announcement concerns, whom an e-mail reaches, and to whom one is queued already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Announcement,
    AnnouncementAbout,
    AnnouncementPerson,
    AnnouncementState,
    Badge,
    BadgePrint,
    BusPassenger,
    Delegation,
    Event,
    Message,
    MessageState,
    Participant,
)
from checkin.domain.messages.audience import Audience
from checkin.domain.messages.kinds import BADGE_KINDS, KINDS, MessageKind
from checkin.services.people.badge_messages import reachable
from checkin.services.people.delegations import came_in
from checkin.services.people.registering.unchecked import IS_TO_BE_CHECKED

#: a message in one of these states has left, or may have
_LEFT = (MessageState.SENT, MessageState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many participants an announcement reaches.

    Attributes:
        people: those whom it concerns.
        by_mail: those of them whom an e-mail reaches, by their language.
        written_to: for whom a message is in the outbox already, or has left.
    """

    people: int
    by_mail: dict[str, int] = field(default_factory=dict)
    written_to: int = 0

    @property
    def mailed(self) -> int:
        """How many an e-mail reaches."""
        return sum(self.by_mail.values())

    @property
    def otherwise(self) -> int:
        """How many are to be reached otherwise."""
        return self.people - self.mailed

    @property
    def left(self) -> int:
        """How many an e-mail reaches who have not been written to yet."""
        return max(0, self.mailed - self.written_to)


def reach_of(session: Session, announcement: Announcement) -> Reach:
    """Return how many participants an announcement reaches."""
    counted = _reach(session, *concerned(announcement))
    written = select(func.count()).where(Message.announcement_id == announcement.id)
    return Reach(
        *counted,
        written_to=session.scalars(written).one() + _seem_written_to(session, announcement),
    )


def reach_of_audience(session: Session, event: Event, audience: Audience) -> Reach:
    """Return how many participants a message to an audience would reach."""
    return Reach(*_reach(session, *chosen(event.id, audience)))


def concerned(announcement: Announcement) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the participants whom an announcement concerns."""
    if announcement.about == AnnouncementAbout.WRITTEN:
        return chosen(announcement.event_id, Audience.of(announcement.audience or {}))
    if announcement.about == AnnouncementAbout.CHANGE:
        return _told_of_change(announcement.event_id)
    return (Participant.event_id == announcement.event_id, _is_true_of_list(announcement))


def kind_for(announcement: Announcement) -> ColumnElement[str] | MessageKind:
    """Return the kind of an announcement's messages, as a column where each has their own."""
    if announcement.about == AnnouncementAbout.LIST:
        return select(AnnouncementPerson.kind).where(*_listed(announcement)).scalar_subquery()
    is_change = announcement.about == AnnouncementAbout.CHANGE
    return MessageKind.CHANGED if is_change else MessageKind.WRITTEN


def chosen(event_id: int, audience: Audience) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the participants of an audience."""
    wanted = [Participant.event_id == event_id, Participant.standing.in_(audience.standings)]
    if audience.delegations:
        wanted.append(Participant.delegation_id.in_(audience.delegations))
    if audience.categories:
        wanted.append(Participant.category_id.in_(audience.categories))
    if audience.buses:
        riders = select(BusPassenger.participant_id).where(BusPassenger.bus_id.in_(audience.buses))
        wanted.append(Participant.id.in_(riders))
    if audience.has_badge is not None:
        wanted.append(_has_badge() if audience.has_badge else ~_has_badge())
    if audience.has_arrived is not None:
        arrived = exists().where(came_in())
        wanted.append(arrived if audience.has_arrived else ~arrived)
    return tuple(wanted)


def people_otherwise(
    session: Session, announcement: Announcement, *, at_a_time: int = 1000
) -> Iterator[tuple[Participant, Delegation]]:
    """Yield the participants whom an announcement concerns and no e-mail reaches, by delegation.

    Those whose e-mail was refused, or came back, are among them.
    """
    statement = _with_delegations(announcement).add_columns(Participant, Delegation)
    with session.execute(statement.execution_options(yield_per=at_a_time)) as rows:
        yield from map(tuple, rows)


def count_otherwise(session: Session, announcement: Announcement) -> int:
    """Return how many participants `people_otherwise` yields."""
    counted = _with_delegations(announcement).add_columns(func.count()).order_by(None)
    count: int = session.scalars(counted).one()
    return count


def some_recipients(
    session: Session, announcement: Announcement, delegation_id: int | None, limit: int
) -> Sequence[Participant]:
    """Return the first participants whom an announcement reaches, to look at it as they get it.

    Args:
        delegation_id: only of this delegation; None for all.
    """
    wanted = [*concerned(announcement), reachable()]
    if delegation_id is not None:
        wanted.append(Participant.delegation_id == delegation_id)
    return session.scalars(
        select(Participant).where(*wanted).order_by(Participant.id).limit(limit)
    ).all()


def _reach(session: Session, *wanted: ColumnElement[bool]) -> tuple[int, dict[str, int]]:
    rows = session.execute(
        select(Participant.language, reachable().label("is_mailed"), func.count().label("people"))
        .where(*wanted)
        .group_by(Participant.language, reachable())
    ).all()
    people = sum(row.people for row in rows)
    return people, {row.language: row.people for row in rows if row.is_mailed}


def _seem_written_to(session: Session, announcement: Announcement) -> int:
    """Count those whom no message is sent to because they are to be checked, once it is sent."""
    if announcement.state == AnnouncementState.DRAFT:
        return 0
    wanted = (*concerned(announcement), reachable(), IS_TO_BE_CHECKED)
    return session.scalars(select(func.count(Participant.id)).where(*wanted)).one()


def _standing(announcement: Announcement) -> ColumnElement[str]:
    """Return the standing of participants as those see it who may see the announcement."""
    if announcement.delegation_id is None:
        return Participant.standing.expression
    return case((IS_TO_BE_CHECKED, Participant.unchecked_as), else_=Participant.standing)


def _told_of_change(event_id: int) -> tuple[ColumnElement[bool], ...]:
    """Whoever was written to, and whom only somebody else can tell.

    Those whose first message still waits learn of the change by it.
    """
    left = exists().where(Message.participant_id == Participant.id, Message.state.in_(_LEFT))
    return (
        Participant.event_id == event_id,
        Participant.standing.in_(KINDS[MessageKind.CHANGED].to),
        or_(left, ~reachable()),
    )


def _is_true_of_list(announcement: Announcement) -> ColumnElement[bool]:
    """Whoever is still as the list says, but for those whose badge waits and tells them, too."""
    badge_waits = exists().where(
        *_brings_own_badge(),
        Message.state == MessageState.QUEUED,
        Message.announcement_id.is_distinct_from(announcement.id),
    )
    true = [
        and_(
            AnnouncementPerson.kind == kind,
            _standing(announcement).in_(row.to),
            *([~badge_waits] if row.needs_badge else []),
        )
        for kind, row in KINDS.items()
    ]
    return exists().where(*_listed(announcement), or_(*true))


def _listed(announcement: Announcement) -> tuple[ColumnElement[bool], ...]:
    return (
        AnnouncementPerson.announcement_id == announcement.id,
        AnnouncementPerson.participant_id == Participant.id,
    )


def _has_badge() -> ColumnElement[bool]:
    mailed = exists().where(*_brings_own_badge(), Message.state.in_(_LEFT))
    printed = exists().where(
        BadgePrint.badge_id == Badge.id, Badge.participant_id == Participant.id
    )
    return or_(mailed, printed)


def _brings_own_badge() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for a message with a badge, but not of a record merged into theirs."""
    return (
        Message.participant_id == Participant.id,
        Message.kind.in_(BADGE_KINDS),
        Message.badge_id == Badge.id,
        Badge.participant_id == Participant.id,
    )


def _not_delivered(announcement: Announcement) -> ColumnElement[bool]:
    return exists().where(
        Message.participant_id == Participant.id,
        Message.announcement_id == announcement.id,
        Message.state.in_((MessageState.FAILED, MessageState.BOUNCED)),
    )


def _with_delegations(announcement: Announcement) -> Select[Any]:
    statement: Select[Any] = (
        select()
        .select_from(Participant)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .where(*concerned(announcement), or_(~reachable(), _not_delivered(announcement)))
        .order_by(Delegation.name, Participant.folded_name, Participant.id)
    )
    return statement
