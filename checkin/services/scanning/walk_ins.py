"""Register walk-ins: people who come to a gate without being registered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, WalkIn
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import WalkInIdConflict
from checkin.services.common.keys import Keys
from checkin.services.common.locks import lock_event
from checkin.services.common.lookup import by_id
from checkin.services.events.events import category_id_named
from checkin.services.gates.devices import PairedDevice
from checkin.services.people.registration import Registered, RegistrationSource, register
from checkin.services.people.reserve_list import move_up_everywhere
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
            registered: a possible duplicate is registered all the same, and recorded for an
            organiser.
    """

    registration: Registration
    delegation_id: int
    named: Named | None = None
    admitted_offline: bool = False

    def vouched_for(self) -> Registration:
        """Return the registration; one made offline counts as another person's than any before."""
        vouched = self.registration.allow_duplicate or self.admitted_offline
        return replace(self.registration, allow_duplicate=vouched)


@dataclass(frozen=True, slots=True)
class WalkInAnswer:
    """The result of a walk-in's registration; `replayed`: this id was registered before."""

    registered: Registered
    replayed: bool = False


def register_walk_in(
    session: Session, device: PairedDevice, newcomer: Newcomer, *, keys: Keys, now: datetime
) -> WalkInAnswer:
    """Register a walk-in: confirmed while the delegation has places, else on its reserve list.

    Raises:
        NotFound: the event has no delegation of this name.
        InvalidRequest: the event has no category of this name.
        PossibleDuplicate: see `register`.
        WalkInIdConflict: the walk-in's id was used for another person, or by another device.
    """
    event, named = session.get_one(Event, device.event_id), newcomer.named
    # The same walk-in, sent twice at once, waits here for itself.
    lock_event(session.connection(), event.id)
    if named and (known := session.get(WalkIn, named.id)):
        return _again(known, device, named)
    registered = _register(session, event, device, newcomer, keys, now)
    if named:
        _keep(session, device, named, registered)
    return WalkInAnswer(registered)


def _register(
    session: Session,
    event: Event,
    device: PairedDevice,
    newcomer: Newcomer,
    keys: Keys,
    now: datetime,
) -> Registered:
    delegation = by_id(session, event, Delegation, newcomer.delegation_id)
    # A place that came back from a device is for who has waited longer.
    move_up_everywhere(session, event, now)
    registered = register(
        session,
        event,
        newcomer.vouched_for(),
        delegation_id=delegation.id,
        category_id=category_id_named(session, event, newcomer.registration.category),
        source=RegistrationSource.WALK_IN,
        keys=keys,
        now=now,
        device_id=device.id,
    )
    if newcomer.admitted_offline:
        note_duplicate(
            session,
            event,
            newcomer.registration,
            participant_id=registered.participant_id,
            delegation_id=delegation.id,
            now=now,
        )
    return registered


def _again(known: WalkIn, device: PairedDevice, named: Named) -> WalkInAnswer:
    if (known.device_id, known.person_hash) != (device.id, named.person_hash):
        raise WalkInIdConflict(f"walk-in {named.id} was used for somebody else")
    standing = RegistrationStatus(known.standing)
    return WalkInAnswer(
        Registered(known.participant_id, known.badge_id, standing, known.reserve_no), replayed=True
    )


def _keep(session: Session, device: PairedDevice, named: Named, made: Registered) -> None:
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
        )
    )
    session.flush()
