"""Write down that a door did what the rules would not have."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from checkin.db.models import Admission, Conflict
from checkin.domain.scanning.verdicts import Reason
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading


def note_conflict(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    reason: Reason | None,
    holder: Holder | None,
    scan_pk: int,
) -> None:
    """Leave a conflict for an organiser.

    Args:
        reason: why the rules say no; where they say yes, why the door did.
        holder: whose earlier admission is contradicted; None where nobody's.
    """
    connection.execute(
        insert(Conflict),
        {
            "event_id": device.event_id,
            "scan_pk": scan_pk,
            "reason": reason,
            "admission_id": _earlier_admission(connection, holder, scan_pk),
            "created_at": reading.received_at,
        },
    )


def _earlier_admission(connection: Connection, holder: Holder | None, scan_pk: int) -> int | None:
    if holder is None:
        return None
    return connection.scalar(
        select(Admission.id)
        .where(
            Admission.participant_id == holder.participant_id,
            Admission.annulled_at.is_(None),
            Admission.scan_pk != scan_pk,
        )
        .order_by(Admission.entry_no.desc())
        .limit(1)
    )
