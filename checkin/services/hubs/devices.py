"""The devices of what a hub brings: those of the server, and those that were paired at the hub."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Gate, HubDevice
from checkin.services.gates.devices import PairedDevice, add_device
from checkin.services.hubs.access import PairedHub

_SOFTWARE = "hub"
_NAMELESS = "Hub"


@dataclass(frozen=True, slots=True)
class NamedDevice:
    """How a hub names a device.

    Attributes:
        id: the server's number of a device that was paired at the server.
        local_id: the hub's number of a device that was paired at the hub.
        name: of a device that was paired at the hub.
        gate_id: where it stood; None: where the server knows that it stands.
    """

    id: int | None = None
    local_id: int | None = None
    name: str = ""
    gate_id: int | None = None


def devices_named(
    session: Session, hub: PairedHub, named: Collection[NamedDevice], now: datetime
) -> Mapping[NamedDevice, PairedDevice]:
    """Return the devices that a hub names, each at its gate; one paired at the hub gets a row.

    Nothing that happened is refused: what the event has no such device or gate for, stands for the
    hub's own device, and for the gate of the device.
    """
    rows = {one: _row(session, hub, one, now) for one in named}
    gate_ids = {one.gate_id for one in named} | {row.gate_id for row in rows.values()}
    gates = {
        gate.id: gate
        for gate in session.scalars(
            select(Gate).where(
                Gate.event_id == hub.event_id, Gate.id.in_([one for one in gate_ids if one])
            )
        )
    }
    return {
        one: _at_gate(hub, row, gates.get(one.gate_id or 0) or gates[row.gate_id])
        for one, row in rows.items()
    }


def local_devices(session: Session, hub_id: int) -> Mapping[int, int]:
    """Return the server's numbers of the devices that were paired at a hub, by the hub's."""
    rows = session.execute(
        select(HubDevice.local_id, HubDevice.device_id).where(HubDevice.hub_id == hub_id)
    )
    return {row.local_id: row.device_id for row in rows}


def _at_gate(hub: PairedHub, row: Device, gate: Gate) -> PairedDevice:
    return replace(
        hub.device,
        id=row.id,
        gate_id=gate.id,
        gate_name=gate.name,
        gate_name_ar=gate.name_ar,
        lent_by_id=hub.device.id,
    )


def _row(session: Session, hub: PairedHub, named: NamedDevice, now: datetime) -> Device:
    if named.id is not None:
        device = session.get(Device, named.id)
        if device is not None and device.event_id == hub.event_id:
            return device
    elif named.local_id is not None:
        return _paired_at_hub(session, hub, named.local_id, named, now)
    return session.get_one(Device, hub.device.id)


def _paired_at_hub(
    session: Session, hub: PairedHub, local_id: int, named: NamedDevice, now: datetime
) -> Device:
    known = session.get(HubDevice, (hub.id, local_id))
    if known is not None:
        return session.get_one(Device, known.device_id)
    event = session.get_one(Event, hub.event_id)
    gate = session.get(Gate, named.gate_id or hub.device.gate_id)
    if gate is None or gate.event_id != event.id:
        gate = session.get_one(Gate, hub.device.gate_id)
    # Nobody learns its token: it signs in at the hub alone.
    made = add_device(
        session,
        event,
        gate,
        name=named.name.strip() or _NAMELESS,
        software=_SOFTWARE,
        now=now,
        may_search=False,
        help_desk=False,
    )
    session.add(HubDevice(hub_id=hub.id, local_id=local_id, event_id=event.id, device_id=made.id))
    session.flush()
    return session.get_one(Device, made.id)
