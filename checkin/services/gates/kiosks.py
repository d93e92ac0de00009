"""Kiosks: devices at which nobody stands, until a supervisor ends it with their PIN."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.models import Device
from checkin.errors import InKiosk
from checkin.services.common.activity import note
from checkin.services.gates.devices import PairedDevice


def refuse_in_kiosk(device: PairedDevice) -> None:
    """Refuse what only somebody who works at the gate may do.

    Raises:
        InKiosk: nobody stands at the device.
    """
    if device.kiosk:
        raise InKiosk("this gate is a kiosk: it searches, registers, overrides and undoes nothing")


def set_kiosk(
    session: Session,
    device: PairedDevice,
    *,
    on: bool,
    now: datetime,
    operator_id: int | None = None,
) -> datetime | None:
    """Begin or end that nobody stands at a device; return since when it is so.

    Args:
        operator_id: the supervisor who ends it.
    """
    row = session.get_one(Device, device.id, with_for_update=True)
    if (row.kiosk_since is not None) != on:
        row.kiosk_since = now if on else None
        note(
            session,
            row.event_id,
            "kiosk.begin" if on else "kiosk.end",
            now,
            operator_id=operator_id,
            device_id=row.id,
            gate=device.gate_name,
        )
    return row.kiosk_since
