"""Register, change, cancel and reinstate participants, one at a time, whatever the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from checkin.db.models import Event, Participant
from checkin.domain.common.names import folded_both
from checkin.domain.people.fields import TELLING
from checkin.domain.people.place_decisions import reinstating
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import (
    bump_list_version,
    hold_participant,
    next_list_version,
)
from checkin.services.people.badge_messages import queue_badge_messages, queue_missing_badge
from checkin.services.people.buses import leave_buses
from checkin.services.people.duplicates import refuse_duplicate
from checkin.services.people.enrolment import Enrolment, enrol
from checkin.services.people.moved_arrivals import arrival_of
from checkin.services.people.moving import (
    move_to_delegation,
    no_place,
    settled,
    write_standing,
)
from checkin.services.people.reserve_list import free_place, move_up


class RegistrationSource(StrEnum):
    """Where a registration came from."""

    IMPORT = "import"
    FORM = "form"
    WALK_IN = "walk_in"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Registered:
    """The result of a registration.

    Attributes:
        reserve_no: the position on the reserve list; None for somebody who is confirmed.
    """

    participant_id: int
    badge_id: UUID
    standing: RegistrationStatus
    reserve_no: int | None


def register(
    session: Session,
    event: Event,
    registration: Registration,
    *,
    delegation_id: int,
    category_id: int,
    source: RegistrationSource,
    keys: Keys,
    now: datetime,
    operator_id: int | None = None,
    device_id: int | None = None,
) -> Registered:
    """Register one person: confirmed while the quota has places, else on the reserve list.

    Raises:
        PossibleDuplicate: someone has the same e-mail or phone, or the same name in the
            delegation, and the registration does not vouch that this is another person.
    """
    version = next_list_version(session, event.id)
    if not registration.allow_duplicate:
        refuse_duplicate(session, event.id, delegation_id, registration)
    enrolment = Enrolment(registration, delegation_id, category_id)
    [(participant, badge)] = enrol(
        session,
        event,
        [enrolment],
        source=source,
        keys=keys,
        version=version,
        now=now,
        operator_id=operator_id,
    )
    note(
        session,
        event.id,
        "participant.register",
        now,
        operator_id=operator_id,
        device_id=device_id,
        participant_id=participant["id"],
        door=source,
    )
    return Registered(
        participant["id"],
        badge["id"],
        RegistrationStatus(participant["standing"]),
        participant["reserve_no"],
    )


def cancel(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> Sequence[int]:
    """Cancel a registration and let the reserve list move up.

    A person who has arrived keeps using their place: it is given to nobody.

    Returns:
        The ids of those who were confirmed from the reserve list. Canceling twice changes nothing.
    """
    person, version = hold_participant(session, event, participant_id)
    if person.standing == RegistrationStatus.CANCELED:
        return []
    had_place = person.standing == RegistrationStatus.CONFIRMED
    person.standing, person.reserve_no, person.canceled_at = RegistrationStatus.CANCELED, None, now
    session.flush()
    leave_buses(session, [person.id])
    bump_list_version(session, [person.id], version)
    note(
        session,
        event.id,
        "participant.cancel",
        now,
        operator_id=operator_id,
        participant_id=person.id,
    )
    if not had_place:
        return []
    free_place(session, person.delegation_id)
    return move_up(session, event, person.delegation_id, version, now)


def edit(
    session: Session,
    event: Event,
    participant_id: int,
    registration: Registration,
    *,
    category_id: int,
    delegation_id: int | None = None,
    now: datetime,
    operator_id: int | None = None,
) -> frozenset[str]:
    """Correct a registration; a confirmed person with a new e-mail address is sent their badge.

    The activity log names the changed fields, not their contents.

    Args:
        delegation_id: to which the person is moved; None: they stay.

    Returns:
        The names of the fields that changed.

    Raises:
        NotFound: no participant of the event has this number.
        PossibleDuplicate: see `refuse_duplicate`.
        FieldProblem: see `move_to_delegation`.
    """
    person, version = hold_participant(session, event, participant_id)
    there = delegation_id or person.delegation_id
    if _is_somebody_else(person, registration, there):
        refuse_duplicate(session, event.id, there, registration, besides=person.id)
    changed = _write(person, registration, category_id)
    if there != person.delegation_id:
        move_to_delegation(session, event, person, there, version, now, operator_id=operator_id)
        changed |= {"delegation_id"}
    if changed:
        session.flush()
        _follow_up(session, event, person, changed, version, now, operator_id)
    return changed


def _is_somebody_else(person: Participant, registration: Registration, there: int) -> bool:
    # A family that shares a telephone was vouched for once: a new category asks nobody again.
    same = all(getattr(person, key) == getattr(registration, key) for key in TELLING)
    return not ((same and there == person.delegation_id) or registration.allow_duplicate)


def _follow_up(
    session: Session,
    event: Event,
    person: Participant,
    changed: frozenset[str],
    version: int,
    now: datetime,
    operator_id: int | None,
) -> None:
    bump_list_version(session, [person.id], version)
    if "email" in changed and person.standing == RegistrationStatus.CONFIRMED:
        queue_badge_messages(session, event, [person.id], now)
    elif "delegation_id" in changed:
        queue_missing_badge(session, event, person, now)
    if fields := sorted(changed - {"delegation_id"}):
        note(
            session,
            event.id,
            "participant.edit",
            now,
            operator_id=operator_id,
            participant_id=person.id,
            fields=fields,
        )


def _write(person: Participant, registration: Registration, category_id: int) -> frozenset[str]:
    values = registration.own() | {
        "category_id": category_id,
        "language": registration.language or person.language,
    }
    changed = frozenset(name for name, new in values.items() if new != getattr(person, name))
    for name in changed:
        setattr(person, name, values[name])
    person.folded, person.folded_name = folded_both(person.name, person.name_ar)
    return changed


def reinstate(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> RegistrationStatus:
    """Reinstate a canceled person: confirmed while places are free, else last on the reserve list.

    Whoever got their former place keeps it. A person who has arrived is confirmed on the place that
    they use, see `reinstating`. Reinstating twice changes nothing.

    Raises:
        NotFound: no participant of the event has this number.
        FieldProblem: they have arrived, and no place is left for them.
    """
    person, version = hold_participant(session, event, participant_id)
    if person.standing != RegistrationStatus.CANCELED:
        return RegistrationStatus(person.standing)
    decision = reinstating(arrival_of(session, person.id))
    standing = settled(session, event, decision, person.delegation_id, version, now)
    if standing is None:
        raise no_place(session, person.delegation_id)
    write_standing(session, person, person.delegation_id, standing)
    bump_list_version(session, [person.id], version)
    queue_missing_badge(session, event, person, now)
    note(
        session,
        event.id,
        "participant.reinstate",
        now,
        operator_id=operator_id,
        participant_id=person.id,
        standing=person.standing,
    )
    return RegistrationStatus(person.standing)
