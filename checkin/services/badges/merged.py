"""The badges of records that were merged into others: they stay with the record they are of."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.db.models import Badge, MergedRecord, Participant


def badges_of_record(session: Session, person: Participant) -> list[UUID]:
    """Return the badges of a record, and of those that were merged into it before."""
    records = [person.id, *_merged_under(session, person)]
    return list(session.scalars(select(Badge.id).where(Badge.participant_id.in_(records))))


def return_merged_records(session: Session, person: Participant) -> None:
    """Give a record that stands for a person again those that had been merged into it."""
    session.execute(
        update(Participant)
        .where(Participant.id.in_(_merged_under(session, person)))
        .values(merged_into=person.id)
        .execution_options(synchronize_session=False)
    )


def _merged_under(session: Session, person: Participant) -> list[int]:
    """Return the records that were merged into this one, or into one of those."""
    found: list[int] = []
    waiting = [person.id]
    while waiting:
        ids = session.scalars(
            select(MergedRecord.participant_id).where(MergedRecord.kept_id == waiting.pop())
        ).all()
        found += ids
        waiting += ids
    return found
