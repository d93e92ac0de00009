"""Register walk-ins: people who come to a gate without being registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant, WalkIn
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import WalkInIdConflict
from checkin.services.common.keys import Keys
from checkin.services.common.locks import lock_event
from checkin.services.common.lookup import by_id
from checkin.services.events.events import category_id_named
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.searching import UsedUp, show_people
from checkin.services.people.registering.duplicates import twin_of
from checkin.services.people.registering.registration import (
    Registered,
    RegistrationSource,
    register,
)
from checkin.services.people.reserve_list import move_up_everywhere
from checkin.services.scanning.lease_use import take_lent_place
from checkin.services.scanning.possible_duplicates import note_duplicate


@dataclass(frozen=True, slots=True)
class Named:
    """The id that a device gave a walk-in, and a keyed hash of the person's details."""

    id: UUID
    person_hash: bytes


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A walk-in whom a gate asks to register.

    Attributes:
        named: the device's id for the walk-in: repeating it changes nothing and gets the same
            answer.
        admitted_offline: they were let in already, when the gate could not ask whether they are
            registered.
    """

    registration: Registration
    delegation_id: int
    named: Named | None = None
    admitted_offline: bool = False

    def may_be_told(self, device: PairedDevice, now: datetime) -> bool:
        """Say whether the gate may be told, before it lets them in, that somebody is like them.

        A device that may not search is told of nobody: its word that this is another person counts
        for nothing, and an organiser decides about possible duplicates.
        """
        return not self.admitted_offline and device.searching.refusal(now) is None

    def is_vouched_for(self, device: PairedDevice, now: datetime) -> bool:
        """Say whether the volunteer says that they are another person than who was found."""
        return self.registration.allow_duplicate and self.may_be_told(device, now)

    def is_asked_about(self, device: PairedDevice, now: datetime) -> bool:
        """Say whether the gate is to be told if somebody of the delegation is like them."""
        return not self.registration.allow_duplicate and self.may_be_told(device, now)


@dataclass(frozen=True, slots=True)
class WalkInAnswer:
    """The result of a walk-in's registration; `replayed`: this id was registered before."""

    registered: Registered
    replayed: bool = False


def ask_about_walk_in(
    session: Session,
    device: PairedDevice,
    newcomer: Newcomer,
    *,
    now: datetime,
    granted_by: int | None = None,
) -> UsedUp | Sequence[int]:
    """Return who of the delegation is like a walk-in, as far as a gate may be told.

    It is a search: whom it finds counts as shown, it is logged, and with a used-up budget nothing
    is told. Of other delegations nobody is asked about.

    Args:
        granted_by: the supervisor who lets the device be shown as many people again, if it has to.
    """
    asked, named = newcomer.registration, newcomer.named
    if not newcomer.is_asked_about(device, now):
        return ()
    # The same walk-in, sent twice at once, waits here for itself.
    lock_event(session.connection(), device.event_id)
    if named and session.get(WalkIn, named.id):
        return ()
    twin = twin_of(session, device.event_id, newcomer.delegation_id, asked, alone=True)
    alike = [twin.participant.id] if twin else []
    used_up = show_people(
        session,
        device,
        alike,
        letters=len(asked.name or asked.name_ar or ""),
        now=now,
        granted_by=granted_by,
        walk_in=True,
    )
    return used_up or alike


def register_walk_in(
    session: Session, device: PairedDevice, newcomer: Newcomer, *, keys: Keys, now: datetime
) -> WalkInAnswer:
    """Register a walk-in: confirmed while the delegation has places, else on its reserve list.

    A possible duplicate is registered, too, and recorded for an organiser unless they are vouched
    for: see `ask_about_walk_in`.

    What a hub registers takes a place that was lent to the hub, while it has one left.

    Raises:
        NotFound: the event has no delegation of this name.
        InvalidRequest: the event has no category of this name.
        WalkInIdConflict: the walk-in's id was used for another person, or by another device.
    """
    event, named = session.get_one(Event, device.event_id), newcomer.named
    # The same walk-in, sent twice at once, waits here for itself.
    lock_event(session.connection(), event.id)
    if named and (known := session.get(WalkIn, named.id)):
        return _again(session, known, device, newcomer)
    # A place that came back from a device is for who has waited longer.
    move_up_everywhere(session, event, now)
    on_loan = device.lent_by_id is not None and take_lent_place(
        session, device, newcomer.delegation_id, now
    )
    registered = _register(session, event, device, newcomer, keys, now, on_loan=on_loan)
    if named:
        _keep(session, device, named, registered, on_loan=on_loan)
    return WalkInAnswer(registered)


def _register(
    session: Session,
    event: Event,
    device: PairedDevice,
    newcomer: Newcomer,
    keys: Keys,
    now: datetime,
    *,
    on_loan: bool,
) -> Registered:
    delegation = by_id(session, event, Delegation, newcomer.delegation_id)
    registered = register(
        session,
        event,
        replace(newcomer.registration, allow_duplicate=True),
        delegation_id=delegation.id,
        category_id=category_id_named(session, event, newcomer.registration.category),
        source=RegistrationSource.WALK_IN,
        keys=keys,
        now=now,
        device_id=device.id,
        place_taken=on_loan,
    )
    if not newcomer.is_vouched_for(device, now):
        note_duplicate(
            session,
            event,
            newcomer.registration,
            participant_id=registered.participant_id,
            delegation_id=delegation.id,
            now=now,
        )
    return registered


def _again(
    session: Session, known: WalkIn, device: PairedDevice, newcomer: Newcomer
) -> WalkInAnswer:
    if known.device_id != device.id or not _is_same_person(session, known, newcomer):
        raise WalkInIdConflict(f"walk-in {known.id} was used for somebody else")
    standing = RegistrationStatus(known.standing)
    return WalkInAnswer(
        Registered(known.participant_id, known.badge_id, standing, known.reserve_no), replayed=True
    )


def _is_same_person(session: Session, known: WalkIn, newcomer: Newcomer) -> bool:
    """Say whether a walk-in was registered under this id before.

    A hub tells of them in its own words, and so does their gate that comes back from it.
    """
    if newcomer.named and known.person_hash == newcomer.named.person_hash:
        return True
    person, told = session.get_one(Participant, known.participant_id), newcomer.registration
    return (person.delegation_id, person.name, person.name_ar) == (
        newcomer.delegation_id,
        told.name,
        told.name_ar,
    )


def _keep(
    session: Session, device: PairedDevice, named: Named, made: Registered, *, on_loan: bool
) -> None:
    session.add(
        WalkIn(
            id=named.id,
            event_id=device.event_id,
            device_id=device.id,
            participant_id=made.participant_id,
            badge_id=made.badge_id,
            standing=made.standing,
            reserve_no=made.reserve_no,
            person_hash=named.person_hash,
            on_loan=on_loan,
        )
    )
    session.flush()
