"""Count people in and out, in the transaction of the scan that says so."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from checkin.db.models import Admission, Scan
from checkin.domain.scanning.consequences import Consequence
from checkin.domain.scanning.verdicts import Direction, Status
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading
from checkin.services.scanning.tallies import Change, count_arrival

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
_EXIT_SINCE = (
    select(Scan.device_id, Scan.event_id, Scan.gate_id, Scan.id, Scan.corrected_at)
    .where(
        Scan.participant_id == bindparam("participant"),
        Scan.direction == Direction.EXIT,
        Scan.status == Status.OK,
        Scan.annulled_at.is_(None),
        Scan.corrected_at >= bindparam("since"),
        ~exists().where(
            Admission.participant_id == Scan.participant_id, Admission.exit_scan_pk == Scan.id
        ),
    )
    .order_by(Scan.corrected_at)
    .limit(1)
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


class _Exit(NamedTuple):
    """The device at the gate through which somebody left, with the scan and its moment."""

    id: int
    event_id: int
    gate_id: int
    scan_pk: int
    at: datetime


def leave_as_uploaded(
    connection: Connection, holder: Holder, *, since: datetime, scan_pk: int
) -> None:
    """Count out somebody whose entry came late, when their exit was uploaded before it.

    At that time they were not inside, so the exit changed nothing; the scan stays as it was.

    Args:
        since: when they came in.
        scan_pk: the scan that counted them in.
    """
    row = connection.execute(
        _EXIT_SINCE, {"participant": holder.participant_id, "since": since}
    ).first()
    if row is None:
        return
    left = _Exit(*row)
    closed = {"exited_at": left.at, "exit_scan_pk": left.scan_pk}
    connection.execute(update(Admission).where(Admission.scan_pk == scan_pk).values(closed))
    change = Change(arrived=0, inside=-1, without_place=0)
    count_arrival(connection, left, holder.delegation_id, left.at, change)
