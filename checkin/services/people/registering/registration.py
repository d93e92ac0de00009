"""Register, change, cancel and reinstate participants, one at a time, whatever the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from checkin.db.models import Event, Participant
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.people.fields import CONTACTS, TELLING
from checkin.domain.people.place_decisions import Arrival, reinstating
from checkin.domain.people.public_badges import NOT_YET
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import (
    bump_list_version,
    hold_participant,
    next_list_version,
)
from checkin.services.common.outside_events import tell_webhooks
from checkin.services.people.badge_messages import queue_badge_messages, queue_missing_badge
from checkin.services.people.buses import leave_buses
from checkin.services.people.flags import refuse_unknown_flag
from checkin.services.people.moved_arrivals import arrival_of
from checkin.services.people.moving import (
    move_to_delegation,
    no_place,
    settled,
    write_standing,
)
from checkin.services.people.names import keep_compared_names
from checkin.services.people.registering.duplicates import (
    is_registered_elsewhere,
    note_elsewhere,
    refuse_duplicate,
)
from checkin.services.people.registering.enrolment import (
    Enrolment,
    enrol,
    give_badges,
    registered_data,
)
from checkin.services.people.registering.unchecked import badge_given_from, seems, standing_seen
from checkin.services.people.reserve_list import free_place, move_up, take_held_place


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
        badge_id: None for whoever is to be checked by an organiser first.
        standing: for whoever is to be checked, what they seem to be.
        reserve_no: the position on the reserve list; None for somebody who is confirmed.
    """

    participant_id: int
    badge_id: UUID | None
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
    alone: bool = False,
    badge_waits: bool = False,
    place_taken: bool = False,
) -> Registered:
    """Register one person: confirmed while the quota has places, else on the reserve list.

    Args:
        alone: whoever registers them may know only this delegation: nobody of another one is asked
            about, who seems to be one of them is to be checked, and the badge is given out later.
        badge_waits: nobody has seen this registration: its badge waits for `give_out_badges`.
        place_taken: the caller has taken a place for them, which was lent.

    Raises:
        PossibleDuplicate: someone has the same e-mail or phone, or the same name in the
            delegation, and the registration does not vouch that this is another person.
        FieldProblem: the event has no such flag.
    """
    version = next_list_version(session, event.id)
    refuse_unknown_flag(session, event, registration.flags)
    if not registration.allow_duplicate:
        refuse_duplicate(session, event.id, delegation_id, registration, alone=alone)
    unchecked = alone and is_registered_elsewhere(session, event.id, delegation_id, registration)
    enrolment = Enrolment(registration, delegation_id, category_id, unchecked)
    by_link = source is RegistrationSource.LINK
    [(participant, badge)] = enrol(
        session,
        event,
        [enrolment],
        source=source,
        keys=keys,
        version=version,
        now=now,
        operator_id=operator_id,
        badge_from=NOT_YET if badge_waits else badge_given_from(event, now) if alone else None,
        told_by=MessageKind.CONFIRMED if by_link else MessageKind.BADGE,
        place_taken=place_taken,
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
        badge["id"] if badge else None,
        RegistrationStatus(participant["unchecked_as"] or participant["standing"]),
        participant["unchecked_no"] or participant["reserve_no"],
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
    if standing_seen(person, by_coordinator=True).standing == RegistrationStatus.CANCELED:
        return []
    had_place = person.standing == RegistrationStatus.CONFIRMED
    held_place = person.unchecked_as == RegistrationStatus.CONFIRMED
    person.standing, person.reserve_no, person.canceled_at = RegistrationStatus.CANCELED, None, now
    if person.unchecked_as is not None:
        person.unchecked_as, person.unchecked_no = RegistrationStatus.CANCELED, None
    session.flush()
    leave_buses(session, [person.id], version)
    bump_list_version(session, [person.id], version)
    note(
        session,
        event.id,
        "participant.cancel",
        now,
        operator_id=operator_id,
        participant_id=person.id,
    )
    tell_of_registration(session, person, now)
    if had_place:
        free_place(session, person.delegation_id)
    elif not held_place:
        return []
    return move_up(session, event, person.delegation_id, version, now)


def tell_of_registration(
    session: Session, person: Participant, now: datetime, **more: object
) -> None:
    """Tell webhooks what a registration has become; nothing of whoever is to be checked.

    Args:
        more: what is told beside it.
    """
    if person.unchecked_as is not None:
        return
    session.flush()
    columns = ("id", "delegation_id", "category_id", "standing")
    data = registered_data({name: getattr(person, name) for name in columns})
    is_canceled = person.standing == RegistrationStatus.CANCELED
    kind = WebhookKind.CANCELED if is_canceled else WebhookKind.REGISTERED
    tell_webhooks(session.connection(), person.event_id, kind, now, **data, **more)


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
    alone: bool = False,
) -> frozenset[str]:
    """Correct a registration; a confirmed person with a new e-mail address is sent their badge.

    The activity log names the changed fields, not their contents.

    Args:
        delegation_id: to which the person is moved; None: they stay.
        alone: ask only about people of this delegation; organisers are told if somebody of another
            one has the new e-mail or phone.

    Returns:
        The names of the fields that changed.

    Raises:
        NotFound: no participant of the event has this number.
        PossibleDuplicate: see `refuse_duplicate`.
        FieldProblem: the event has no such flag, or see `move_to_delegation`.
    """
    person, version = hold_participant(session, event, participant_id)
    there = delegation_id or person.delegation_id
    if _is_somebody_else(person, registration, there):
        refuse_duplicate(session, event.id, there, registration, besides=person.id, alone=alone)
    if registration.flags != person.flags:
        refuse_unknown_flag(session, event, registration.flags)
    changed = _write(person, registration, category_id)
    if there != person.delegation_id:
        move_to_delegation(session, event, person, there, version, now, operator_id=operator_id)
        changed |= {"delegation_id"}
    if changed:
        session.flush()
        _follow_up(session, event, person, changed, version, now, operator_id)
    if alone and not changed.isdisjoint(CONTACTS):
        note_elsewhere(session, person, now)
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
    keep_compared_names(person)
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
    seen = standing_seen(person, by_coordinator=True).standing
    if seen != RegistrationStatus.CANCELED:
        return RegistrationStatus(seen)
    if person.unchecked_as is not None:
        person.unchecked_as, person.unchecked_no = seems(
            session, event, person.delegation_id, version, now
        )
    else:
        _return_place(session, event, person, version, now)
    session.flush()
    seen = standing_seen(person, by_coordinator=True).standing
    who = {"operator_id": operator_id, "participant_id": person.id}
    note(session, event.id, "participant.reinstate", now, **who, standing=seen)
    tell_of_registration(session, person, now)
    return RegistrationStatus(seen)


def _return_place(
    session: Session, event: Event, person: Participant, version: int, now: datetime
) -> None:
    decision = reinstating(arrival_of(session, person.id))
    standing = settled(session, event, decision, person.delegation_id, version, now)
    if standing is None:
        raise no_place(session, person.delegation_id)
    _stand(session, event, person, standing, version, now)


def _stand(
    session: Session,
    event: Event,
    person: Participant,
    standing: RegistrationStatus,
    version: int,
    now: datetime,
) -> None:
    write_standing(session, person, person.delegation_id, standing)
    bump_list_version(session, [person.id], version)
    queue_missing_badge(session, event, person, now)


def confirm_checked(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    keys: Keys,
    now: datetime,
    operator_id: int | None = None,
) -> RegistrationStatus:
    """Register somebody whom an organiser has checked, and who is another person than thought.

    They get the place that is held for them if they seem confirmed, else one that nobody waits for,
    else they join the reserve list; and they get their badge.
    Somebody who is to be checked no more stays as they are.

    Raises:
        NotFound: no participant of the event has this number.
        MergedAway: they were merged into somebody else meanwhile.
    """
    person, version = hold_participant(session, event, participant_id)
    if not standing_seen(person, by_coordinator=False).to_check:
        return RegistrationStatus(person.standing)
    has_place = (
        person.unchecked_as == RegistrationStatus.CONFIRMED
        and arrival_of(session, person.id) is Arrival.NONE
        and take_held_place(session, person.delegation_id, now)
    )
    person.unchecked_as = person.unchecked_no = None
    give_badges(session, event, [person.id], keys, version, now)
    if has_place:
        _stand(session, event, person, RegistrationStatus.CONFIRMED, version, now)
    else:
        _return_place(session, event, person, version, now)
    # Not in the person's own timeline, which their coordinator reads.
    note(
        session,
        event.id,
        "participant.checked",
        now,
        operator_id=operator_id,
        number=person.id,
        standing=person.standing,
    )
    tell_of_registration(session, person, now)
    return RegistrationStatus(person.standing)
