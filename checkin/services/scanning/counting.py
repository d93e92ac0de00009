"""Count entries, exits and refusals: admissions, and the running tallies of arrivals per gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from checkin.db.models import Admission, Participant, RefusalTally, Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Consequence, Status
from checkin.services.common.arrival_tally import (
    INSERT_INTO,
    Change,
    Counter,
    count_arrival,
    later,
)
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading

#: The delegation of a participant who is still registered as when their badge was read. For one
#: who was moved or canceled since it is NULL, which neither an admission nor a tally takes. Locked:
#: whoever corrects them from now on waits, and sees the admission.
AS_READ = (
    select(Participant.delegation_id)
    .where(
        Participant.id == bindparam("read_participant_id"),
        Participant.delegation_id == bindparam("read_delegation_id"),
        Participant.standing == bindparam("read_standing"),
    )
    .with_for_update(read=True)
    .scalar_subquery()
)
_INSERT = {
    # One writer at a time: nobody was corrected since.
    "sqlite": insert(Admission),
    "postgresql": insert(Admission).values(delegation_id=AS_READ),
}
_CLOSE = (
    update(Admission)
    .where(
        Admission.id == bindparam("admission"),
        Admission.exited_at.is_(None),
        Admission.annulled_at.is_(None),
    )
    .values(exited_at=bindparam("at"), exit_scan_pk=bindparam("scan"))
    .returning(Admission.delegation_id)
)
_EXIT_SINCE = (
    select(Scan.device_id, Scan.event_id, Scan.gate_id, Scan.id, Scan.corrected_at)
    .where(
        Scan.participant_id == bindparam("participant"),
        Scan.direction == Direction.EXIT,
        Scan.status == Status.OK,
        Scan.annulled_at.is_(None),
        Scan.corrected_at >= bindparam("since"),
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
    """Count a person in.

    If another gate was first, or the person was moved or canceled since their badge was read, the
    insert fails and the transaction reruns.
    """
    values = admission_values(device, reading, holder, change)
    statement = _INSERT[connection.dialect.name]
    connection.execute(statement, {**values, "scan_pk": scan_pk, **as_read_values(holder)})
    counts = counts_of(change, device.day_at(reading.at))
    count_arrival(connection, device, holder.delegation_id, reading.at, counts)


def as_read_values(holder: Holder) -> dict[str, object]:
    """Return the parameters of `AS_READ`."""
    return {
        "read_participant_id": holder.participant_id,
        "read_delegation_id": holder.delegation_id,
        "read_standing": holder.standing,
    }


def admission_values(
    device: PairedDevice, reading: Reading, holder: Holder, change: Consequence
) -> dict[str, object]:
    """Return the columns of an admission, except the scan that made it."""
    return {
        "event_id": device.event_id,
        "participant_id": holder.participant_id,
        "delegation_id": holder.delegation_id,
        "gate_id": device.gate_id,
        "device_id": device.id,
        "day": device.day_at(reading.at),
        "entry_no": change.entry_no,
        "without_place": change.without_place,
        "on_loan": change.on_loan,
        "admitted_at": reading.at,
    }


def counts_of(change: Consequence, day: int) -> Change:
    """Return what an admission adds to the counts of a day."""
    return Change(
        arrived=int(change.entry_no == 1),
        inside=1,
        without_place=int(change.without_place),
        day=day,
    )


def leave(
    connection: Connection, device: PairedDevice, reading: Reading, holder: Holder, *, scan_pk: int
) -> None:
    """Count a person out; for a person who is not inside, or came in later, nothing changes."""
    inside = holder.inside_since
    if inside is None or reading.at < inside.at:
        return
    delegation_id = connection.execute(
        _CLOSE, {"admission": inside.admission_id, "at": reading.at, "scan": scan_pk}
    ).scalar()
    if delegation_id is not None:  # else another gate has just let them out
        change = Change(arrived=0, inside=-1, without_place=0, day=inside.day)
        count_arrival(connection, device, delegation_id, reading.at, change)


class _Exit(NamedTuple):
    """The exit of a person: the device and gate, the scan, and its moment."""

    id: int
    event_id: int
    gate_id: int
    scan_pk: int
    at: datetime


def leave_as_uploaded(
    connection: Connection,
    device: PairedDevice,
    holder: Holder,
    *,
    since: datetime,
    scan_pk: int,
) -> None:
    """Count out a person whose exit was uploaded before their entry.

    When the exit arrived they were not inside, so it changed nothing, or they were by another entry
    that it ended: whoever is let in twice leaves once. Its scan stays as it was. An exit on another
    day of the event ends no stay: between two days the hall is empty.

    Args:
        since: when they came in.
        scan_pk: the scan that counted them in.
    """
    row = connection.execute(
        _EXIT_SINCE, {"participant": holder.participant_id, "since": since}
    ).first()
    day = device.day_at(since)
    if row is None or device.day_at(row.corrected_at) != day:
        return
    left = _Exit(*row)
    closed = {"exited_at": left.at, "exit_scan_pk": left.scan_pk}
    connection.execute(update(Admission).where(Admission.scan_pk == scan_pk).values(closed))
    change = Change(arrived=0, inside=-1, without_place=0, day=day)
    count_arrival(connection, left, holder.delegation_id, left.at, change)


def _upsert_refusal(insert: Any) -> Any:
    statement = insert(RefusalTally)
    return statement.on_conflict_do_update(
        index_elements=["gate_id", "device_id", "day"],
        set_={
            "refused": RefusalTally.refused + statement.excluded.refused,
            "last_scan_at": later(statement, RefusalTally),
        },
    )


_REFUSAL = {name: _upsert_refusal(insert) for name, insert in INSERT_INTO.items()}


def count_refusal(
    connection: Connection, at_gate: Counter, at: datetime, *, day: int, refused: int = 1
) -> None:
    """Add a refusal to the counts of a gate."""
    connection.execute(
        _REFUSAL[connection.dialect.name],
        {
            "gate_id": at_gate.gate_id,
            "device_id": at_gate.id,
            "day": day,
            "event_id": at_gate.event_id,
            "refused": refused,
            "last_scan_at": at,
        },
    )
