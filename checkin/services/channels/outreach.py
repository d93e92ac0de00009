"""Badges that a coordinator sends from their own telephone: whom next, and who was sent theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Badge,
    Delegation,
    Event,
    Operator,
    Outreach,
    Participant,
    SharedBy,
)
from checkin.errors import Conflict, NotFound
from checkin.services.common.activity import note
from checkin.services.mail.delivery_report import UNREACHED, Chosen, Delivery, chosen_people
from checkin.services.people.delegations import has_come
from checkin.services.people.registering.unchecked import is_given_out

#: of those who were sent their badge, so many are listed, the last first
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Audience:
    """Of whom a coordinator's list is.

    Attributes:
        everybody: those, too, whom an e-mail has brought their badge.
        seen_at: when a coordinator sees them; None for organisers, see `Chosen`.
    """

    delegation: Delegation
    everybody: bool = False
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """Somebody whose badge is to be sent.

    Attributes:
        asked_at: when they asked for it on the event's page; None if they did not.
    """

    person: Participant
    badge_id: UUID
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shared:
    """Somebody whose badge was sent by a coordinator, and by whom."""

    person: Participant
    at: datetime
    by: SharedBy
    sharer: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a coordinator is.

    Attributes:
        shared: whose badge was sent.
        left: who is still to be sent theirs, and has a number.
        without_number: who is skipped, because nobody knows a number.
    """

    shared: int
    left: int
    without_number: int

    @property
    def all(self) -> int:
        """How many have a number."""
        return self.shared + self.left


def is_shared(event: Event) -> ColumnElement[bool]:
    """Return the condition that somebody was sent the link of the badge that is good now.

    Who has asked for it since is to be sent it again.
    """
    # These are few: a set of them is made once, and nobody's badge is looked for.
    sent = (
        select(Outreach.participant_id)
        .join(Badge, Badge.id == Outreach.badge_id)
        .where(
            Outreach.event_id == event.id,
            Badge.participant_id == Outreach.participant_id,
            Badge.revoked_at.is_(None),
            or_(Outreach.asked_at.is_(None), Outreach.asked_at <= Outreach.shared_at),
        )
    )
    return Participant.id.in_(sent)


def next_people(
    session: Session, event: Event, audience: Audience, *, limit: int, after: int | None = None
) -> list[Next]:
    """Return whose badge is to be sent next: who has asked for it first, then by name.

    Args:
        after: the id of a person who is left for later: those behind them come first.
    """
    asked = case((Outreach.asked_at.is_(None), 1), else_=0)
    order = (asked, Outreach.asked_at, Participant.folded_name, Participant.id)
    wanted = _people(event, audience).where(Participant.phone.is_not(None), ~is_shared(event))
    ids = session.scalars(
        wanted.with_only_columns(Participant.id).order_by(None).order_by(*order)
    ).all()
    at = next((number for number, one in enumerate(ids, 1) if one == after), 0)
    chosen = [*ids[at:], *ids[:at]][:limit]
    rows = session.execute(
        wanted.with_only_columns(Participant, Badge.id, Outreach.asked_at)
        .order_by(None)
        .where(Participant.id.in_(chosen))
    )
    found = {person.id: Next(person, badge_id, asked_at) for person, badge_id, asked_at in rows}
    return [found[one] for one in chosen]


def counts_of(session: Session, event: Event, audience: Audience) -> Counts:
    """Return how many are done, left, and skipped."""
    has_number, shared = Participant.phone.is_not(None), is_shared(event)
    counted = _people(event, audience).with_only_columns(
        func.count().filter(has_number, shared),
        func.count().filter(has_number, ~shared),
        func.count().filter(~has_number),
    )
    return Counts(*session.execute(counted.order_by(None)).one())


def without_number(session: Session, event: Event, audience: Audience) -> Sequence[Participant]:
    """Return who is skipped, because nobody knows a number."""
    wanted = _people(event, audience).where(Participant.phone.is_(None))
    return session.scalars(wanted.with_only_columns(Participant).limit(MOST_LISTED)).all()


def shared_people(session: Session, event: Event, delegation: Delegation) -> list[Shared]:
    """Return whose badge was sent by whom, the last first."""
    rows = session.execute(
        select(Participant, Outreach.shared_at, Outreach.shared_by, Operator.name)
        .join(Outreach, Outreach.participant_id == Participant.id)
        .join(Badge, Badge.id == Outreach.badge_id)
        .outerjoin(Operator, Operator.id == Outreach.sharer_id)
        .where(
            Participant.event_id == event.id,
            Participant.delegation_id == delegation.id,
            Badge.revoked_at.is_(None),
        )
        .order_by(Outreach.shared_at.desc(), Participant.id.desc())
        .limit(MOST_LISTED)
    )
    return [
        Shared(person, at, SharedBy(by), name)
        for person, at, by, name in rows
        if at is not None and by is not None
    ]


def mark_shared(
    session: Session,
    delegation: Delegation,
    participant_id: int,
    badge_id: UUID,
    by: SharedBy,
    *,
    operator_id: int,
    now: datetime,
) -> bool:
    """Write down that a coordinator has sent somebody their badge; once is as good as twice.

    Args:
        badge_id: the badge whose link was opened.

    Returns:
        Whether it was news: False where somebody has written it down before.

    Raises:
        NotFound: nobody of this delegation has the number.
        Conflict: their badge is another one by now: the link that was sent opens nothing.
    """
    row = outreach_of(session, delegation, participant_id)
    badge = session.get(Badge, badge_id)
    if badge is None or badge.participant_id != participant_id or badge.revoked_at is not None:
        raise Conflict("the badge was replaced meanwhile: send the new one")
    is_asked_again = row.asked_at is not None and (
        row.shared_at is None or row.asked_at > row.shared_at
    )
    if row.badge_id == badge_id and not is_asked_again:
        return False
    row.badge_id, row.shared_at, row.shared_by = badge_id, now, str(by)
    row.sharer_id = operator_id
    session.flush()
    about = {"operator_id": operator_id, "participant_id": participant_id}
    note(session, row.event_id, "participant.share_badge", now, by=str(by), **about)
    return True


def unmark_shared(
    session: Session,
    delegation: Delegation,
    participant_id: int,
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Take a mark back that was a mistake: they are to be sent their badge again.

    Raises:
        NotFound: nobody of this delegation has the number.
    """
    row = outreach_of(session, delegation, participant_id)
    if row.badge_id is None:
        return
    row.badge_id = row.shared_at = row.shared_by = row.sharer_id = None
    session.flush()
    about = {"operator_id": operator_id, "participant_id": participant_id}
    note(session, row.event_id, "participant.unshare_badge", now, **about)


def ask_for_outreach(session: Session, event_id: int, participant_id: int, now: datetime) -> None:
    """Show somebody to their coordinator, because they have asked for their badge."""
    _row(session, event_id, participant_id).asked_at = now
    session.flush()


def outreach_of(session: Session, delegation: Delegation, participant_id: int) -> Outreach:
    """Return what was done to reach somebody of a delegation.

    Raises:
        NotFound: nobody of this delegation has the number.
    """
    person = session.get(Participant, participant_id)
    if person is None or person.delegation_id != delegation.id:
        raise NotFound(f"nobody of this delegation has the number {participant_id}")
    return _row(session, delegation.event_id, participant_id)


def _row(session: Session, event_id: int, participant_id: int) -> Outreach:
    # Locked, so that of two who mark one person the second sees the first one's mark.
    row = session.get(Outreach, participant_id, with_for_update=True)
    if row is None:
        # Two who mark the same person meet at the key: the second runs again and finds the row.
        row = Outreach(participant_id=participant_id, event_id=event_id)
        session.add(row)
        session.flush()
    return row


def _people(event: Event, audience: Audience) -> Select[Any]:
    """Return the query for a list's people: confirmed, with a badge to give, not here yet."""
    wanted = frozenset(Delivery) if audience.everybody else UNREACHED
    chosen = Chosen(wanted, audience.delegation.id, seen_at=audience.seen_at)
    statement = (
        select(Participant.id)
        .where(~has_come(), *chosen_people(event, chosen))
        .join(Badge, and_(Badge.participant_id == Participant.id, Badge.revoked_at.is_(None)))
        .outerjoin(Outreach, Outreach.participant_id == Participant.id)
        .order_by(Participant.folded_name, Participant.id)
    )
    if audience.seen_at is not None:
        statement = statement.where(is_given_out(audience.seen_at))
    return statement
