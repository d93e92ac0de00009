"""Who of a delegation has come, and who is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Delegation, Participant
from checkin.domain.scanning.verdict import Standing


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The confirmed people of a delegation, by name.

    Attributes:
        arrived: each with the moment of the first entry.
    """

    missing: tuple[Participant, ...]
    arrived: tuple[tuple[Participant, datetime], ...]


def first_entry(admission: Any = Admission, person: Any = Participant) -> ColumnElement[bool]:
    """Return what joins a participant to the admission that counted them in.

    Args:
        admission, person: the tables, or their aliases in a query.
    """
    return and_(
        admission.participant_id == person.id,
        admission.entry_no == 1,
        admission.annulled_at.is_(None),
    )


def arrivals_of(session: Session, delegation: Delegation) -> Arrivals:
    """Return who of a delegation came and who did not."""
    rows = session.execute(
        select(Participant, Admission.admitted_at)
        .outerjoin(Admission, first_entry())
        .where(
            Participant.delegation_id == delegation.id,
            Participant.standing == Standing.CONFIRMED,
        )
        .order_by(Participant.folded_name, Participant.id)
    ).all()
    return Arrivals(
        missing=tuple(person for person, at in rows if at is None),
        arrived=tuple((person, at) for person, at in rows if at is not None),
    )
