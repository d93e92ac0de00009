"""Certificates of hubs, signed with the key of the event's gate lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Hub
from checkin.protocol.hubs import HubCertificate, sign_certificate
from checkin.protocol.walk_ins import public_text
from checkin.services.common.keys import Keys

#: so long after its event has ended a hub may still be asked what it holds
_AFTER_THE_EVENT = timedelta(days=2)


def certificate_of(event: Event, hub: Hub, keys: Keys, now: datetime) -> dict[str, Any]:
    """Return a hub's certificate as devices get it: {"document": …, "signature": …}."""
    walk_in_key = public_text(keys.hub_walk_in_opener(event.slug, hub.public_key))
    certificate = HubCertificate(
        event=event.slug,
        hub_id=hub.id,
        name=hub.name,
        public_key=hub.public_key,
        walk_in_key=walk_in_key,
        authority=hub.authority,
        addresses=hub.addresses,
        not_after=max(event.ends_at, now) + _AFTER_THE_EVENT,
        issued_at=now,
    )
    return sign_certificate(keys.list_signer(event.slug), certificate)


def certificates_of(
    session: Session, event_id: int, keys: Keys, now: datetime
) -> Sequence[dict[str, Any]]:
    """Return the certificates of an event's hubs that are not revoked, in the order of pairing."""
    event = session.get_one(Event, event_id)
    hubs = session.scalars(
        select(Hub).where(Hub.event_id == event_id, Hub.revoked_at.is_(None)).order_by(Hub.id)
    )
    return [certificate_of(event, hub, keys, now) for hub in hubs]


def hub_walk_in_openers(
    session: Session, event_id: int, slug: str, keys: Keys
) -> Sequence[ec.EllipticCurvePrivateKey]:
    """Return the keys that decrypt what gates have sealed for an event's hubs, revoked ones too."""
    own = session.scalars(select(Hub.public_key).where(Hub.event_id == event_id).order_by(Hub.id))
    return [keys.hub_walk_in_opener(slug, one) for one in own]
