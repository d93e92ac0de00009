"""Find possible duplicates of a registration, by e-mail, phone, or name in the delegation.

A name may be spelt in another way, in another script, or with its words in another order: whoever
has it is asked about after whoever has the same contact, or the very name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Duplicate, Participant
from checkin.domain.common.names import fold_name
from checkin.domain.people.fields import OWN, OwnDetails
from checkin.domain.people.importing.roster import contradicts
from checkin.domain.people.registration import Likeness, Registration
from checkin.errors import PossibleDuplicate
from checkin.services.people.name_search import namesakes, record
from checkin.services.people.registering.unchecked import IS_SEEN_AS_REGISTERED


@dataclass(frozen=True, slots=True)
class Twin:
    """A registered participant who may be the same person, and what the two have in common.

    It may be a record that was merged into theirs by which they were found.
    """

    participant: Participant
    same: Likeness


def refuse_duplicate(
    session: Session,
    event_id: int,
    delegation_id: int,
    registration: Registration,
    *,
    besides: int | None = None,
    alone: bool = False,
) -> None:
    """Refuse a registration that may be a duplicate of a registered participant.

    Args:
        besides: the id of a participant to leave out, such as the one who is being changed.
        alone: ask only about people of this delegation.

    Raises:
        PossibleDuplicate: a registered participant may be the same person; the sentence names
            them and says what is the same.
    """
    twin = twin_of(session, event_id, delegation_id, registration, besides=besides, alone=alone)
    if twin is not None:
        raise PossibleDuplicate(
            f"no. {twin.participant.id} is registered with the same {twin.same}: "
            "if this is another person, say so (allow_duplicate)",
            participant_id=twin.participant.id,
            same=twin.same,
        )


def twin_of(
    session: Session,
    event_id: int,
    delegation_id: int,
    registration: Registration,
    *,
    besides: int | None = None,
    alone: bool = False,
) -> Twin | None:
    """Return a participant with the same contact, or the same name in the delegation, if any.

    Args:
        alone: look only among the people of this delegation.
    """
    others = (Participant.id != (besides or 0),)
    ours = (Participant.delegation_id == delegation_id, record.delegation_id == delegation_id)
    same = _same_person(event_id, delegation_id, registration)
    found = session.execute(
        same.where(*others, *(ours if alone else ())).order_by(Participant.id).limit(1)
    ).first()
    if found is not None:
        return Twin(found[0], _same_as(found[1], registration))
    return namesake_of(session, event_id, registration, *others, *ours)


def namesake_of(
    session: Session, event_id: int, registration: Registration, *which: ColumnElement[bool]
) -> Twin | None:
    """Return a registered participant whose name may be the same, however it is spelt, if any.

    Nobody whose e-mail and phone are others: these tell two people of one name apart.

    Args:
        which: conditions on `Participant`, and on their `record`.
    """
    names = [name for name in (registration.name, registration.name_ar) if name]
    for person, found in namesakes(session, event_id, names, IS_SEEN_AS_REGISTERED, *which):
        if not contradicts(registration, told_of(found)):
            return Twin(person, Likeness.NAME)
    return None


def _same_person(event_id: int, delegation_id: int, registration: Registration) -> Select[Any, Any]:
    folded = fold_name(registration.name or registration.name_ar or "")
    same: list[ColumnElement[bool]] = [
        (record.delegation_id == delegation_id) & (record.folded_name == folded),
    ]
    return _people_with(event_id, [*same, *_same_contacts(registration)])


def is_registered_elsewhere(
    session: Session, event_id: int, delegation_id: int, registration: Registration
) -> bool:
    """Say whether somebody of another delegation has the same e-mail or phone."""
    return bool(elsewhere(session, event_id, delegation_id, registration))


def elsewhere(
    session: Session, event_id: int, delegation_id: int, of: OwnDetails
) -> Sequence[Participant]:
    """Return the people of other delegations who have the same e-mail or phone."""
    same = _same_contacts(of)
    if not same:
        return []
    found = _people_with(event_id, same).where(Participant.delegation_id != delegation_id)
    return [person for person, _record_of_theirs in session.execute(found)]


def note_elsewhere(session: Session, person: Participant, now: datetime) -> None:
    """Note, for organisers to decide, that a corrected person may be of another delegation, too.

    Whoever is to be checked is listed with them already. What was decided about the same two stays.
    """
    told = told_of(person)
    found = elsewhere(session, person.event_id, person.delegation_id, told)
    known = session.get(Duplicate, person.id)
    if not found or person.unchecked_as is not None or (known and known.twin_id == found[0].id):
        return
    noted = known or Duplicate(participant_id=person.id, event_id=person.event_id)
    noted.twin_id, noted.created_at = found[0].id, now
    noted.same = _same_as(found[0], told)
    noted.decided_at = noted.decided_by = noted.decision = noted.note = None
    session.add(noted)
    session.flush()


def told_of(person: Participant) -> Registration:
    """Return what a participant told of themselves, as a registration."""
    return Registration(delegation="", **{key: getattr(person, key) for key in OWN})


def _same_contacts(of: OwnDetails) -> list[ColumnElement[bool]]:
    return [getattr(record, key) == contact for key, contact in of.contacts()]


def _people_with(event_id: int, same: Sequence[ColumnElement[bool]]) -> Select[Any, Any]:
    """Return the query for registered people one of whose records is like this, with the record."""
    return (
        select(Participant, record)
        .join(record, Participant.id == func.coalesce(record.merged_into, record.id))
        .where(record.event_id == event_id, IS_SEEN_AS_REGISTERED, or_(*same))
    )


def _same_as(found: Participant, registration: Registration) -> Likeness:
    shared = (key for key, contact in registration.contacts() if getattr(found, key) == contact)
    return Likeness(next(shared, Likeness.NAME))
