"""Scans that gates offer again after a restore, of people whose registration it has lost.

The badge or the number by which such a scan names its person is nobody's any more, or somebody
else's. The scan is history of the delegation that the gate knew, and, where the person was let in,
a conflict: they have to be registered again.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from checkin.db.models import Delegation, Participant, Scan
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading


def was_there(connection: Connection, holder: Holder | None, reading: Reading) -> bool:
    """Say whether who has the number that a scan names was registered when it was read.

    Badges are never given twice. A number may have been, before a restore was noticed: then who
    has it now was registered after the scan.
    """
    if holder is None or reading.participant_id is None:
        return True
    registered_at = connection.execute(
        select(Participant.registered_at).where(Participant.id == reading.participant_id)
    ).scalar()
    return registered_at is None or registered_at <= reading.at


def note_lost_registration(
    connection: Connection, device: PairedDevice, reading: Reading, scan_pk: int
) -> None:
    """Record of which delegation a person was whom nothing knows any more, as far as it is known.

    The number is the device's word: one of another event, or of none, is not written down.
    """
    known = select(Delegation.id).where(
        Delegation.id == reading.delegation_id, Delegation.event_id == device.event_id
    )
    connection.execute(
        update(Scan).where(Scan.id == scan_pk).values(lost_delegation_id=known.scalar_subquery())
    )
