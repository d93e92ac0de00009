"""One participant's badge as a desk sees it: which one works, where it is shown, its prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, BadgePrint, Category, Delegation, Event, Participant
from checkin.services.badges.issue import working_badge
from checkin.services.people.participant_list import participant_numbered


@dataclass(frozen=True, slots=True)
class DeskBadge:
    """A participant and their badge.

    Attributes:
        badge: the one that works; None where it was revoked.
        copies: of this badge on paper, as far as they were printed here.
    """

    participant: Participant
    delegation: Delegation
    category: Category
    badge: Badge | None
    copies: int


def desk_badge(
    session: Session, event: Event, participant_id: int, own_delegation: int | None
) -> DeskBadge:
    """Return a participant with their badge.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    person = participant_numbered(session, event, participant_id, own_delegation)
    badge = working_badge(session, person.id)
    return DeskBadge(
        participant=person,
        delegation=session.get_one(Delegation, person.delegation_id),
        category=session.get_one(Category, person.category_id),
        badge=badge,
        copies=copies_printed(session, badge.id) if badge else 0,
    )


def copies_printed(session: Session, badge_id: UUID) -> int:
    """Count the copies of a badge that were printed at desks."""
    return session.scalars(
        select(func.coalesce(func.sum(BadgePrint.copies), 0)).where(BadgePrint.badge_id == badge_id)
    ).one()


def record_print(
    session: Session,
    event: Event,
    badge_id: UUID,
    *,
    copies: int,
    design: str,
    printer: str | None,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Write a print down and return how many copies of this badge there are now."""
    session.add(
        BadgePrint(
            event_id=event.id,
            badge_id=badge_id,
            copies=copies,
            design=design,
            printer=printer,
            at=now,
            operator_id=operator_id,
        )
    )
    session.flush()
    return copies_printed(session, badge_id)
