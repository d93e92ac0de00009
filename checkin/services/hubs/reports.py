"""What a hub says of itself each time that it is in touch, for whoever looks at it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Hub
from checkin.services.hubs.pairing import addresses_of

#: a hub is in touch every few seconds; one that was not for so long has no line
ONLINE_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Report:
    """What a hub says of itself.

    Attributes:
        waiting: scans, walk-ins and what was taken back that it has yet to bring.
        gates: of each device at it: "name", "gate", "waiting", "battery", "charging",
            "last_seen_at" as text.
        counts: what its board counts: "arrived", "inside", "refused".
    """

    addresses: Sequence[str]
    software: str
    waiting: int
    gates: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ListedHub:
    """A hub as pages show it.

    Attributes:
        online: it was in touch a moment ago.
        waiting: what it has yet to bring, as it last said; None: it has not said so yet.
        gates: its devices, as it last said.
    """

    id: int
    name: str
    addresses: Sequence[str]
    paired_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    wiped_at: datetime | None
    online: bool
    waiting: int | None
    gates: Sequence[Mapping[str, Any]]


def record_report(
    session: Session, hub_id: int, report: Report, now: datetime
) -> tuple[Hub, Event]:
    """Remember what a hub says of itself, and that it is in touch; return it and its event.

    Raises:
        InvalidRequest: an address is none.
    """
    hub = session.get_one(Hub, hub_id, with_for_update=True)
    hub.addresses = addresses_of(report.addresses)
    hub.software, hub.last_seen_at = report.software, now
    hub.reported = {
        "waiting": report.waiting,
        "gates": [dict(one) for one in report.gates],
        "counts": dict(report.counts),
    }
    session.flush()
    return hub, session.get_one(Event, hub.event_id)


def hubs_of(session: Session, event: Event, now: datetime) -> Sequence[ListedHub]:
    """Return an event's hubs: those in use first, then the revoked, by name."""
    hubs = session.scalars(
        select(Hub)
        .where(Hub.event_id == event.id)
        .order_by(Hub.revoked_at.is_not(None), Hub.name, Hub.id)
    )
    return [_listed(hub, now) for hub in hubs]


def _listed(hub: Hub, now: datetime) -> ListedHub:
    told = hub.reported or {}
    seen = hub.last_seen_at
    return ListedHub(
        id=hub.id,
        name=hub.name,
        addresses=hub.addresses,
        paired_at=hub.paired_at,
        last_seen_at=seen,
        revoked_at=hub.revoked_at,
        wiped_at=hub.wiped_at,
        online=hub.revoked_at is None and seen is not None and now - seen < ONLINE_WITHIN,
        waiting=told.get("waiting"),
        gates=told.get("gates", ()),
    )
