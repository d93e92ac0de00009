"""Register somebody who stands at the gate."""

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
    """The id that a device gave a walk-in, and a keyed hash of whom it told of."""

    id: UUID
    person_hash: bytes


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whom a gate asks to register.

    Attributes:
        named: the same one again changes nothing and gets the same answer.
        admitted_offline: they were let in already, and nobody could be asked whether they are
            registered: who may be is registered all the same, and noted for an organiser.
    """

    registration: Registration
    delegation_id: int
    named: Named | None = None
    admitted_offline: bool = False

    def vouched_for(self) -> Registration:
        """Return the registration; who could not be asked is let through as another person."""
        vouched = self.registration.allow_duplicate or self.admitted_offline
        return replace(self.registration, allow_duplicate=vouched)


@dataclass(frozen=True, slots=True)
class WalkInAnswer:
    """What became of a walk-in; `replayed`: it was registered before."""

    registered: Registered
    replayed: bool = False


def register_walk_in(
    session: Session, device: PairedDevice, newcomer: Newcomer, *, keys: Keys, now: datetime
) -> WalkInAnswer:
    """Register a walk-in with a delegation: confirmed while it has places, else in reserve.

    Raises:
        NotFound: the event has no such delegation.
        InvalidRequest: the event has no such category.
        PossibleDuplicate: see `register`.
        WalkInIdConflict: this id was used for somebody else, or by another device.
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
