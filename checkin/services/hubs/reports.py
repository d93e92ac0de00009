"""What a hub says of itself each time that it is in touch, for whoever looks at it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Gate, Hub
from checkin.services.backups.epochs import note_heard
from checkin.services.gates.stops import lift_stop_of_hub
from checkin.services.hubs.pairing import addresses_of

#: a hub is in touch every few seconds; one that was not for so long has no line
ONLINE_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Report:
    """What a hub says of itself.

    Attributes:
        epoch: of its own database, which devices name that come back from it; None: not said.
        scans_waiting, walk_ins_waiting: what it has yet to bring.
        gates: of each device at it "device" (the hub's number), "name", "gate_id", "last_seen_at"
            (text), "waiting", "battery", "charging".
        lifted_stops: the stops of this server that were lifted there, by number.
    """

    addresses: Sequence[str]
    software: str
    epoch: str | None
    scans_waiting: int
    walk_ins_waiting: int
    gates: Sequence[Mapping[str, Any]]
    lifted_stops: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class HubDeviceSeen:
    """A device at a hub, as the hub last said.

    Attributes:
        gate: the name of its gate; "" where there is none any more.
        waiting: scans that it has yet to bring to the hub; None: not said.
        battery: in percent; None: not said.
    """

    name: str
    gate: str
    last_seen_at: datetime | None
    waiting: int | None
    battery: int | None


@dataclass(frozen=True, slots=True)
class ListedHub:
    """A hub as pages show it.

    Attributes:
        online: it was in touch a moment ago.
        scans_waiting, walk_ins_waiting: what it has yet to bring, as it last said; None: it has
            not said so yet.
    """

    hub: Hub
    online: bool
    scans_waiting: int | None
    walk_ins_waiting: int | None
    devices: Sequence[HubDeviceSeen]


@dataclass(frozen=True, slots=True)
class HubOnBoard:
    """A hub as boards show it; equal ones look the same.

    Attributes:
        away_since: when it was last in touch; None: it is.
        waiting: scans and walk-ins that it has yet to bring, as it last said.
    """

    name: str
    away_since: datetime | None
    waiting: int


def record_report(
    session: Session, hub_id: int, report: Report, now: datetime
) -> tuple[Hub, Event, bool]:
    """Remember what a hub says of itself, and that it is in touch.

    A stop of all entries that was lifted there is lifted here, too, unless the hub is revoked.

    Returns:
        The hub, its event, and whether a stop was lifted.

    Raises:
        InvalidRequest: an address is none.
    """
    hub = session.get_one(Hub, hub_id, with_for_update=True)
    hub.addresses = addresses_of(report.addresses)
    hub.software, hub.last_seen_at = report.software, now
    hub.reported = {
        "scans_waiting": report.scans_waiting,
        "walk_ins_waiting": report.walk_ins_waiting,
        "gates": [dict(one) for one in report.gates],
    }
    if report.epoch is not None:
        note_heard(session, report.epoch, now)
    session.flush()
    event = session.get_one(Event, hub.event_id)
    is_lifted = hub.revoked_at is None and lift_stop_of_hub(
        session, event, report.lifted_stops, hub=hub.name, now=now
    )
    return hub, event, is_lifted


def hubs_of(session: Session, event_id: int, now: datetime) -> Sequence[ListedHub]:
    """Return an event's hubs: those in use first, then the revoked, by name."""
    hubs = session.scalars(
        select(Hub)
        .where(Hub.event_id == event_id)
        .order_by(Hub.revoked_at.is_not(None), Hub.name, Hub.id)
    ).all()
    if not hubs:
        return []
    rows = session.execute(select(Gate.id, Gate.name).where(Gate.event_id == event_id))
    gates = {row.id: row.name for row in rows}
    return [_listed(hub, gates, now) for hub in hubs]


def hubs_on_board(session: Session, event_id: int, now: datetime) -> tuple[HubOnBoard, ...]:
    """Return an event's hubs that are in use, by name."""
    in_use = [one for one in hubs_of(session, event_id, now) if one.hub.revoked_at is None]
    return tuple(
        HubOnBoard(
            one.hub.name,
            None if one.online else one.hub.last_seen_at,
            (one.scans_waiting or 0) + (one.walk_ins_waiting or 0),
        )
        for one in in_use
    )


def _listed(hub: Hub, gates: Mapping[int, str], now: datetime) -> ListedHub:
    told, seen = hub.reported or {}, hub.last_seen_at
    devices = [
        HubDeviceSeen(
            one["name"],
            gates.get(one["gate_id"], ""),
            datetime.fromisoformat(one["last_seen_at"]) if one.get("last_seen_at") else None,
            one.get("waiting"),
            one.get("battery"),
        )
        for one in told.get("gates", ())
    ]
    return ListedHub(
        hub,
        online=hub.revoked_at is None and seen is not None and now - seen < ONLINE_WITHIN,
        scans_waiting=told.get("scans_waiting"),
        walk_ins_waiting=told.get("walk_ins_waiting"),
        devices=sorted(devices, key=lambda one: (one.gate, one.name)),
    )
