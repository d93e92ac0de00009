"""Count people in and out, in the transaction of the scan that says so."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, update

from checkin.db.models import Admission
from checkin.domain.consequences import Consequence
from checkin.services.devices import PairedDevice
from checkin.services.scan_facts import Holder
from checkin.services.scan_log import Reading
from checkin.services.tallies import Change, count_arrival

_INSERT = insert(Admission)
_CLOSE = (
    update(Admission)
    .where(
        Admission.id == bindparam("admission"),
        Admission.exited_at.is_(None),
        Admission.annulled_at.is_(None),
    )
    .values(exited_at=bindparam("at"), exit_scan_pk=bindparam("scan"))
)


def admit(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    holder: Holder,
    change: Consequence,
    *,
    scan_pk: int,
) -> None:
    """Count a person in. The insert fails where another gate was first, and all runs again."""
    values = admission_values(device, reading, holder, change)
    connection.execute(_INSERT, {**values, "scan_pk": scan_pk})
    count_arrival(connection, device, holder.delegation_id, reading.at, counts_of(change))


def admission_values(
    device: PairedDevice, reading: Reading, holder: Holder, change: Consequence
) -> dict[str, object]:
    """Return the columns of an admission, the scan that made it apart."""
    return {
        "event_id": device.event_id,
        "participant_id": holder.participant_id,
        "delegation_id": holder.delegation_id,
        "gate_id": device.gate_id,
        "device_id": device.id,
        "entry_no": change.entry_no,
        "without_place": change.without_place,
        "admitted_at": reading.at,
    }


def counts_of(change: Consequence) -> Change:
    """Return what an admission adds to the counts."""
    return Change(
        arrived=int(change.entry_no == 1), inside=1, without_place=int(change.without_place)
    )


def leave(
    connection: Connection, device: PairedDevice, reading: Reading, holder: Holder, *, scan_pk: int
) -> None:
    """Count a person out; somebody who is not inside, or came in later, stays as they are."""
    inside = holder.inside_since
    if inside is None or reading.at < inside.at:
        return
    closed = connection.execute(
        _CLOSE, {"admission": inside.admission_id, "at": reading.at, "scan": scan_pk}
    )
    if closed.rowcount == 1:  # else another gate has just let them out
        change = Change(arrived=0, inside=-1, without_place=0)
        count_arrival(connection, device, holder.delegation_id, reading.at, change)
