"""Answer a scan_id that was recorded before, and note what the gate did in the meantime.

A device that got no answer in time decides by itself and uploads its decision later. Where the
server had decided otherwise, the scan's row and answer stay, and a conflict is recorded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from checkin.db.models import Admission, Scan
from checkin.domain.scanning.leases import with_loan
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Refused, Status, consequence
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.conflicts import note_conflict
from checkin.services.scanning.counting import admit
from checkin.services.scanning.facts import scan_facts
from checkin.services.scanning.lease_use import NO_USE, lease_use_of, record_lease_use
from checkin.services.scanning.storage import Answer, Decided, Reading, replay


def repeat(connection: Connection, device: PairedDevice, reading: Reading) -> Answer:
    """Return the answer that this scan_id got; record a conflict if the gate acted otherwise.

    Raises:
        ScanIdConflict: the scan_id belongs to another scan, or to another device.
    """
    answer = replay(connection, device, reading)
    if reading.decided is None or answer.conflict or reading.decided.status == answer.status:
        return answer
    scan = connection.execute(
        select(Scan.id, Scan.reason, Scan.annulled_at).where(Scan.scan_id == reading.scan_id)
    ).one()
    if scan.annulled_at is not None:
        return answer
    if answer.status == Status.ERROR:
        _admit_despite_refusal(connection, device, reading, scan)
    elif not _is_counted(connection, scan):
        return answer
    else:  # the person stands outside, and was counted in
        note_conflict(connection, device, reading, _conflict_reason(reading.decided), None, scan.id)
    return replace(answer, conflict=True)


def _admit_despite_refusal(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    scan: Row[*tuple[Any, ...]],
) -> None:
    """Count in, once, a person whom the server refused and the gate let in."""
    facts, holder = scan_facts(
        connection,
        device,
        reading.name,
        direction=reading.direction,
        forced=reading.is_forced,
        now=reading.received_at,
        at=reading.at,
        is_decided=True,
        leased=reading.lease_id is not None,
        supervised=reading.forced_by is not None,
    )
    lease_use = lease_use_of(connection, device, reading, facts, holder) if holder else NO_USE
    reason = Reason(scan.reason or Reason.INVALID)
    change = consequence(with_loan(facts, lease_use.loan), Refused(reason), let_in=True)
    note_conflict(
        connection, device, reading, reason, holder if facts.same_event else None, scan.id
    )
    if holder and change.entry_no is not None:
        admit(connection, device, reading, holder, change, scan_pk=scan.id)
        record_lease_use(connection, lease_use)


def _is_counted(connection: Connection, scan: Row[*tuple[Any, ...]]) -> bool:
    counted = select(Admission.id).where(
        Admission.scan_pk == scan.id, Admission.annulled_at.is_(None)
    )
    return connection.scalar(counted) is not None


def _conflict_reason(decided: Decided) -> Reason:
    return decided.reason or Reason.INVALID
