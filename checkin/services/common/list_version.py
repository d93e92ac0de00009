"""Versions of the gate list: marking badges as changed puts them into the next delta."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, Participant
from checkin.errors import MergedAway
from checkin.services.common.lookup import by_id
from checkin.services.common.purged import purged


def next_list_version(session: Session, event_id: int) -> int:
    """Increase the version of an event's gate list, and return the new one.

    Every change to participants locks this row first and holds the lock until its commit. So
    registrations of one event run one after the other, two clerks never register the same person
    unnoticed, and versions are committed in the order of their numbers.

    Raises:
        EventPurged: the event's personal data were erased; a purge takes the same lock.
    """
    version = session.execute(
        update(Event)
        .where(Event.id == event_id, Event.purged_at.is_(None))
        .values(list_version=Event.list_version + 1)
        .returning(Event.list_version)
    ).scalar_one_or_none()
    if version is None:
        raise purged()
    return version


def hold_participant(
    session: Session, event: Event, participant_id: int
) -> tuple[Participant, int]:
    """Lock the event for a change to a participant, and return both as they are then.

    The participant is read again under the lock: what the session read before it may have been
    changed by whoever held the lock meanwhile.

    Returns:
        The participant, and the new version of the gate list.

    Raises:
        NotFound: the event has no such participant.
        MergedAway: their record was merged into another one, which is to be changed instead.
    """
    version = next_list_version(session, event.id)
    person = by_id(session, event, Participant, participant_id, fresh=True)
    if person.merged_into is not None:
        raise MergedAway(f"no. {person.id} was merged into no. {person.merged_into}")
    return person, version


def bump_list_version(session: Session, participant_ids: Sequence[int], version: int) -> None:
    """Mark the badges of these participants as changed in this version of the gate list."""
    if participant_ids:
        session.execute(
            update(Badge)
            .where(Badge.participant_id.in_(participant_ids), Badge.revoked_at.is_(None))
            .values(list_version=version)
        )


def bump_list_version_where(session: Session, whose: ColumnElement[bool], version: int) -> None:
    """Mark the badges of the participants that a condition selects as changed in this version."""
    session.execute(
        update(Badge)
        .where(
            Badge.participant_id.in_(select(Participant.id).where(whose)),
            Badge.revoked_at.is_(None),
        )
        .values(list_version=version)
        .execution_options(synchronize_session=False)
    )


def bump_list_version_of_all(session: Session, event_id: int, version: int) -> None:
    """Mark every working badge of an event as changed in this version of the gate list."""
    session.execute(
        update(Badge)
        .where(Badge.event_id == event_id, Badge.revoked_at.is_(None))
        .values(list_version=version)
    )
