"""Find possible duplicates of a registration, by e-mail, phone, or name in the delegation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Participant
from checkin.domain.common.names import fold_name
from checkin.domain.people.registration import Likeness, Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import PossibleDuplicate


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
) -> None:
    """Refuse a registration that may be a duplicate of a registered participant.

    Args:
        besides: the id of a participant to leave out, such as the one who is being changed.

    Raises:
        PossibleDuplicate: a registered participant may be the same person; the sentence names
            them and says what is the same.
    """
    twin = twin_of(session, event_id, delegation_id, registration, besides=besides)
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
) -> Twin | None:
    """Return a participant with the same contact, or the same name in the delegation, if any."""
    folded = fold_name(registration.name or registration.name_ar or "")
    same: list[ColumnElement[bool]] = [
        (_record.delegation_id == delegation_id) & (_record.folded_name == folded),
    ]
    same += [getattr(_record, key) == contact for key, contact in registration.contacts()]
    found = session.execute(
        select(Participant, _record)
        .join(_record, Participant.id == func.coalesce(_record.merged_into, _record.id))
        .where(
            _record.event_id == event_id,
            Participant.standing != RegistrationStatus.CANCELED,
            Participant.id != (besides or 0),
            or_(*same),
        )
        .order_by(Participant.id)
        .limit(1)
    ).first()
    return Twin(found[0], _same_as(found[1], registration)) if found is not None else None


_record = aliased(Participant, name="record")


def _same_as(found: Participant, registration: Registration) -> Likeness:
    shared = (key for key, contact in registration.contacts() if getattr(found, key) == contact)
    return Likeness(next(shared, Likeness.NAME))
