"""Log the admissions of people who showed no badge and were found in a list."""

from __future__ import annotations

from sqlalchemy import Connection

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import WITHOUT_BADGE, Status
from checkin.services.common.activity import note_on
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.storage import Answer, Reading


def admits_without_badge(reading: Reading, answer: Answer) -> bool:
    """Say whether a scan lets a person in who was found in a list."""
    is_entry = reading.direction == Direction.ENTRY and answer.status == Status.OK
    return is_entry and reading.source in WITHOUT_BADGE


def note_without_badge(
    connection: Connection, device: PairedDevice, reading: Reading, answer: Answer
) -> None:
    """Add it to the activity log: whom, at which gate, from which list, and with whose PIN."""
    note_on(
        connection,
        device.event_id,
        "scan.without_badge",
        reading.received_at,
        operator_id=reading.forced_by,
        device_id=device.id,
        participant_id=answer.holder and answer.holder.participant_id,
        details={"gate": device.gate_name, "source": reading.source},
    )
