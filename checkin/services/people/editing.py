"""Correct what is known of a participant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.models import Event, Participant
from checkin.domain.common.names import folded_both
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.verdict import Standing
from checkin.services.common.activity import note
from checkin.services.common.list_version import touch_badges
from checkin.services.common.lookup import numbered
from checkin.services.people.duplicates import refuse_duplicate
from checkin.services.people.enrolment import queue_badge_messages
from checkin.services.people.registration import next_list_version


def edit(
    session: Session,
    event: Event,
    participant_id: int,
    registration: Registration,
    *,
    category_id: int,
    now: datetime,
    operator_id: int | None = None,
) -> frozenset[str]:
    """Write a corrected registration; a confirmed person with a new address is sent their badge.

    The delegation stays. The log names the fields that changed, and none of what is in them.

    Returns:
        The names of the fields that changed.

    Raises:
        NotFound: no participant of the event has this number.
        PossibleDuplicate: see `refuse_duplicate`.
    """
    version = next_list_version(session, event.id)
    person = numbered(session, event, Participant, participant_id)
    if _is_somebody_else(person, registration):
        refuse_duplicate(session, event.id, person.delegation_id, registration, besides=person.id)
    changed = _write(person, registration, category_id)
    if changed:
        session.flush()
        _follow_up(session, event, person, changed, version, now, operator_id)
    return changed


def _is_somebody_else(person: Participant, registration: Registration) -> bool:
    # A family that shares a telephone was vouched for once: a new category asks nobody again.
    told = ("name", "name_ar", "email", "phone")
    same = all(getattr(person, name) == getattr(registration, name) for name in told)
    return not (same or registration.allow_duplicate)


def _follow_up(
    session: Session,
    event: Event,
    person: Participant,
    changed: frozenset[str],
    version: int,
    now: datetime,
    operator_id: int | None,
) -> None:
    touch_badges(session, [person.id], version)
    if "email" in changed and person.standing == Standing.CONFIRMED:
        queue_badge_messages(session, event, [person.id], now)
    note(
        session,
        event.id,
        "participant.edit",
        now,
        operator_id=operator_id,
        participant_id=person.id,
        fields=sorted(changed),
    )


def _write(person: Participant, registration: Registration, category_id: int) -> frozenset[str]:
    values: dict[str, Any] = {
        "name": registration.name,
        "name_ar": registration.name_ar,
        "category_id": category_id,
        "email": registration.email,
        "phone": registration.phone,
        "language": registration.language or person.language,
        "note": registration.note,
    }
    changed = frozenset(name for name, new in values.items() if new != getattr(person, name))
    for name in changed:
        setattr(person, name, values[name])
    person.folded, person.folded_name = folded_both(person.name, person.name_ar)
    return changed
