"""Find who may be registered already, by e-mail, phone, or name in the delegation."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Participant
from checkin.domain.admission import Standing
from checkin.domain.names import fold_name
from checkin.domain.registration import Registration
from checkin.errors import PossibleDuplicate


def refuse_duplicate(
    session: Session,
    event_id: int,
    delegation_id: int,
    registration: Registration,
    *,
    besides: int | None = None,
) -> None:
    """Look for someone who may be the same person.

    Args:
        besides: a participant who is not looked at: the one who is being changed.

    Raises:
        PossibleDuplicate: there is; the sentence says who and by what.
    """
    folded = fold_name(registration.name or registration.name_ar or "")
    same: list[ColumnElement[bool]] = [
        (Participant.delegation_id == delegation_id) & (Participant.folded_name == folded),
    ]
    if registration.email:
        same.append(Participant.email == registration.email)
    if registration.phone:
        same.append(Participant.phone == registration.phone)
    found = session.scalars(
        select(Participant)
        .where(
            Participant.event_id == event_id,
            Participant.standing != Standing.CANCELED,
            Participant.id != (besides or 0),
            or_(*same),
        )
        .limit(1)
    ).first()
    if found is not None:
        same_as = _same_as(found, registration)
        raise PossibleDuplicate(
            f"no. {found.id} is registered with the same {same_as}: "
            "if this is another person, say so (allow_duplicate)",
            participant_id=found.id,
            same=same_as,
        )


def _same_as(found: Participant, registration: Registration) -> str:
    if registration.email and found.email == registration.email:
        return "email"
    if registration.phone and found.phone == registration.phone:
        return "phone"
    return "name"
