"""Register somebody who stands at the door."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, WalkIn
from checkin.domain.admission import Standing
from checkin.domain.names import fold_name
from checkin.domain.registration import Registration
from checkin.errors import InvalidRequest, NotFound, WalkInIdConflict
from checkin.services.devices import PairedDevice
from checkin.services.doors import lock_event
from checkin.services.duplicate_desk import note_duplicate
from checkin.services.events import categories_of
from checkin.services.keys import Keys
from checkin.services.registration import Door, Registered, register
from checkin.services.reserve_list import move_up_everywhere


@dataclass(frozen=True, slots=True)
class Named:
    """The id that a device gave a walk-in, and a keyed hash of whom it told of."""

    id: UUID
    person_hash: bytes


@dataclass(frozen=True, slots=True)
class WalkInAnswer:
    """What became of a walk-in; `replayed`: it was registered before."""

    registered: Registered
    replayed: bool = False


def register_walk_in(
    session: Session,
    device: PairedDevice,
    registration: Registration,
    *,
    delegation_id: int,
    keys: Keys,
    now: datetime,
    named: Named | None = None,
    unasked: bool = False,
) -> WalkInAnswer:
    """Register a walk-in with a delegation: confirmed while it has places, else in reserve.

    Args:
        named: the same one again changes nothing and gets the same answer.
        unasked: they were let in already, and nobody could be asked whether they are registered:
            who may be is registered all the same, and noted for an organiser.

    Raises:
        NotFound: the event has no such delegation.
        InvalidRequest: the event has no such category.
        PossibleDuplicate: see `register`.
        WalkInIdConflict: this id was used for somebody else, or by another device.
    """
    event = session.get_one(Event, device.event_id)
    # A place that came back from a device is for who has waited longer; and the same walk-in, sent
    # twice at once, waits here for itself.
    lock_event(session.connection(), event.id)
    if named and (known := session.get(WalkIn, named.id)):
        return _again(known, device, named)
    delegation = session.get(Delegation, delegation_id)
    if delegation is None or delegation.event_id != event.id:
        raise NotFound(f"no delegation has the number {delegation_id}")
    move_up_everywhere(session, event, now)
    registered = register(
        session,
        event,
        replace(registration, allow_duplicate=registration.allow_duplicate or unasked),
        delegation_id=delegation.id,
        category_id=category_id_named(session, event, registration.category),
        door=Door.WALK_IN,
        keys=keys,
        now=now,
        device_id=device.id,
    )
    if named:
        _keep(session, device, named, registered)
    if unasked:
        note_duplicate(
            session,
            event,
            registration,
            participant_id=registered.participant_id,
            delegation_id=delegation.id,
            now=now,
        )
    return WalkInAnswer(registered)


def _again(known: WalkIn, device: PairedDevice, named: Named) -> WalkInAnswer:
    if (known.device_id, known.person_hash) != (device.id, named.person_hash):
        raise WalkInIdConflict(f"walk-in {named.id} was used for somebody else")
    standing = Standing(known.standing)
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


def category_id_named(session: Session, event: Event, name: str | None) -> int:
    """Return the category with this name in either script; without a name, the last in order.

    Raises:
        InvalidRequest: there is no such category; the sentence names those that exist.
    """
    known = categories_of(session, event)
    if name is None and known:
        return known[-1].id
    for category in known:
        names = (category.name, category.name_ar or "")
        if name is not None and fold_name(name) in map(fold_name, names):
            return category.id
    raise InvalidRequest(
        f"category: {name or 'none given'}; known: {', '.join(c.name for c in known) or 'none'}"
    )
