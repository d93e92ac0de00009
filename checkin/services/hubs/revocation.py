"""Revoke a hub, and hear from it that it holds nothing any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Hub, HubDevice
from checkin.errors import Unauthenticated
from checkin.services.common.activity import note
from checkin.services.common.lookup import by_id
from checkin.services.gates.authentication import device_numbered
from checkin.services.gates.devices import hash_token
from checkin.services.gates.leases import return_lease


def revoke_hub(
    session: Session, event: Event, hub_id: int, *, now: datetime, operator_id: int | None = None
) -> Hub:
    """Revoke a hub; it learns so at its next contact, brings what it holds, and erases the rest.

    The places that it was lent are free at once: whoever it lets in by them from then on, without
    having heard of it, may become a conflict. Revoking twice is the same as once.

    Raises:
        NotFound: the event has no such hub.
    """
    hub = by_id(session, event, Hub, hub_id)
    if hub.revoked_at is None:
        _end(session, hub, now)
        note(
            session,
            event.id,
            "hub.revoke",
            now,
            operator_id=operator_id,
            name=hub.name,
            hub=hub.id,
        )
    return hub


def confirm_hub_wipe(session: Session, token: str, *, now: datetime) -> datetime:
    """Record that a hub has erased what it held, and so ends; only the first time counts.

    A hub that was not revoked may end by itself, once the event is over.

    Raises:
        Unauthenticated: no hub ever had this token.
    """
    hub = session.scalar(select(Hub).where(Hub.token_hash == hash_token(token)).with_for_update())
    if hub is None:
        raise Unauthenticated("no hub has this token: pair it")
    if hub.wiped_at is not None:
        return hub.wiped_at
    if hub.revoked_at is None:
        _end(session, hub, now)
    hub.wiped_at = now
    session.flush()
    note(session, hub.event_id, "hub.wiped", now, name=hub.name, hub=hub.id)
    return now


def _end(session: Session, hub: Hub, now: datetime) -> None:
    hub.revoked_at = now
    session.flush()
    at_it = exists().where(HubDevice.hub_id == hub.id, HubDevice.device_id == Device.id)
    session.execute(
        update(Device)
        .where(or_(Device.id == hub.device_id, at_it), Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return_lease(session, device_numbered(session.connection(), hub.device_id), now=now)
