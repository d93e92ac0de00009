"""The same scan_id again gets the same answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select

from checkin.db.models import Badge, Category, Conflict, Delegation, Gate, Participant, Scan
from checkin.domain.scanning.verdicts import Direction, Reason, Status
from checkin.errors import ScanIdConflict
from checkin.services.gates.devices import PairedDevice
from checkin.services.people.holders import WHO
from checkin.services.scanning.facts import holder_of, place_of
from checkin.services.scanning.storage import Answer, Reading

_STORED = (
    select(
        Scan.scan_id,
        Scan.body_hash,
        Scan.status,
        Scan.reason,
        Scan.direction,
        *WHO,
        Scan.arrived,
        Scan.quota,
        Scan.first_at,
        Scan.first_gate_id,
        Gate.name.label("first_gate"),
        exists().where(Conflict.scan_pk == Scan.id).label("conflict"),
    )
    .outerjoin(Badge, Badge.id == Scan.badge_id)
    .outerjoin(Participant, Participant.id == Scan.participant_id)
    .outerjoin(Category, Category.id == Participant.category_id)
    .outerjoin(Delegation, Delegation.id == Participant.delegation_id)
    .outerjoin(Gate, Gate.id == Scan.first_gate_id)
    .where(Scan.scan_id == bindparam("scan_id"))
)


def replay(connection: Connection, device: PairedDevice, reading: Reading) -> Answer:
    """Return the answer that this scan_id got before.

    Raises:
        ScanIdConflict: that was another scan, or another device's.
    """
    stored = connection.execute(_STORED, {"scan_id": reading.scan_id}).one()
    if stored.body_hash != reading.body_hash(device.id):
        raise ScanIdConflict(f"scan_id {reading.scan_id} was used for another scan")
    return _answer_then(stored)


def _answer_then(stored: Row[*tuple[Any, ...]]) -> Answer:
    return Answer(
        scan_id=stored.scan_id,
        status=Status(stored.status),
        reason=Reason(stored.reason) if stored.reason else None,
        direction=Direction(stored.direction),
        holder=None if stored.participant_id is None else holder_of(stored),
        first=place_of(stored),
        conflict=stored.conflict,
        replayed=True,
    )
