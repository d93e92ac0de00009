"""What other programs read of an event: people and arrivals, in pages by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Category, Delegation, Participant

#: the most that one answer holds
MOST_ROWS = 500


def people_after(
    session: Session, event_id: int, after: int, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return people with a number above `after`, by number.

    Records that were merged into others are left out, and whoever has to be checked first.
    """
    return session.execute(
        select(
            Participant.id,
            Participant.name,
            Participant.name_ar,
            Participant.standing,
            Participant.email,
            Participant.phone,
            Delegation.id.label("delegation_id"),
            Delegation.name.label("delegation"),
            Category.name.label("category"),
        )
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .where(
            Participant.event_id == event_id,
            Participant.id > after,
            Participant.merged_into.is_(None),
            Participant.unchecked_as.is_(None),
        )
        .order_by(Participant.id)
        .limit(limit)
    ).all()


def arrivals_after(
    session: Session, event_id: int, after: int, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return arrivals with a number above `after`, by number: the first entry of each day.

    Those that were annulled are among them, with `annulled_at`, so that a program that keeps them
    learns of it when it reads them anew.
    """
    return session.execute(
        select(
            Admission.id,
            Admission.participant_id,
            Admission.delegation_id,
            Admission.gate_id,
            Admission.day,
            Admission.admitted_at,
            Admission.annulled_at,
        )
        .where(and_(Admission.event_id == event_id, Admission.id > after, Admission.entry_no == 1))
        .order_by(Admission.id)
        .limit(limit)
    ).all()
