"""Authenticate a hub by its token, and record when it was last in touch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database
from checkin.db.models import Event, Hub
from checkin.errors import DeviceRevoked, Unauthenticated
from checkin.services.gates.authentication import device_numbered
from checkin.services.gates.devices import PairedDevice, hash_token


@dataclass(frozen=True, slots=True)
class PairedHub:
    """An authenticated hub.

    Attributes:
        device: of its own, in whose name it borrows; it has the settings of the event.
        is_revoked: it may still bring what it holds, and is told nothing any more.
    """

    id: int
    name: str
    public_key: str
    device: PairedDevice
    is_revoked: bool

    @property
    def event_id(self) -> int:
        """Return the number of the event that it mirrors."""
        return self.device.event_id

    @property
    def event_slug(self) -> str:
        """Return the slug of the event that it mirrors."""
        return self.device.event_slug


def hub_by_token(database: Database, token: str) -> PairedHub:
    """Return the hub that holds `token`, also one that was revoked and has not yet wiped.

    Raises:
        Unauthenticated: no hub ever had this token.
        DeviceRevoked: its event is purged, or it has said that it holds nothing any more.
    """
    with database.reading() as connection:
        row = connection.execute(
            select(
                *(Hub.id, Hub.name, Hub.public_key, Hub.device_id, Hub.revoked_at, Hub.wiped_at),
                *(Event.purged_at, Event.slug),
            )
            .join(Event, Event.id == Hub.event_id)
            .where(Hub.token_hash == hash_token(token))
        ).first()
        if row is None:
            raise Unauthenticated("no hub has this token: pair it")
        if row.purged_at is not None or row.wiped_at is not None:
            raise hub_revoked(row.slug, purged=row.purged_at is not None)
        device = device_numbered(connection, row.device_id)
    own = replace(device, lent_by_id=device.id)
    return PairedHub(row.id, row.name, row.public_key, own, is_revoked=row.revoked_at is not None)


def hub_revoked(slug: str, *, purged: bool = False) -> DeviceRevoked:
    """Return the fault that makes a hub erase what it holds.

    Args:
        slug: of its event, with whose key it is told.
        purged: the personal data of the event are erased: it brings nothing any more.
    """
    return DeviceRevoked(
        "this hub was revoked: bring what it holds, then erase it", purged=purged, event_slug=slug
    )


def mark_hub_seen(session: Session, hub_id: int, now: datetime) -> None:
    """Record a hub's last contact."""
    session.connection().execute(update(Hub).where(Hub.id == hub_id).values(last_seen_at=now))
