"""Register somebody who stands at the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event
from checkin.domain.names import fold_name
from checkin.domain.registration import Registration
from checkin.errors import InvalidRequest, NotFound
from checkin.services.devices import PairedDevice
from checkin.services.doors import lock_event
from checkin.services.events import categories_of
from checkin.services.keys import Keys
from checkin.services.registration import Door, Registered, register
from checkin.services.reserve_list import move_up_everywhere


def register_walk_in(
    session: Session,
    device: PairedDevice,
    registration: Registration,
    *,
    delegation_id: int,
    keys: Keys,
    now: datetime,
    allow_duplicate: bool = False,
) -> Registered:
    """Register a walk-in with a delegation: confirmed while it has places, else in reserve.

    Raises:
        NotFound: the event has no such delegation.
        InvalidRequest: the event has no such category.
        PossibleDuplicate: see `register`.
    """
    event = session.get_one(Event, device.event_id)
    delegation = session.get(Delegation, delegation_id)
    if delegation is None or delegation.event_id != event.id:
        raise NotFound(f"no delegation has the number {delegation_id}")
    # A place that came back from a device is for who has waited longer.
    lock_event(session.connection(), event.id)
    move_up_everywhere(session, event, now)
    return register(
        session,
        event,
        replace(registration, allow_duplicate=allow_duplicate),
        delegation_id=delegation.id,
        category_id=category_id_named(session, event, registration.category),
        door=Door.WALK_IN,
        keys=keys,
        now=now,
        device_id=device.id,
    )


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
