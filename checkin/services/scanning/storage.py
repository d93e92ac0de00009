"""Store scans: what a device reports, what it is answered, and the row that keeps both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from checkin.db.models import Badge, Category, Conflict, Delegation, Gate, Participant, Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status
from checkin.errors import ScanIdConflict
from checkin.protocol.codes import normalise_typed
from checkin.services.common.keys import Keys
from checkin.services.gates.devices import PairedDevice
from checkin.services.people.search import WHO
from checkin.services.scanning.facts import Holder, Place, holder_of, place_of


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that an offline device made by itself."""

    status: Status
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading as a device reports it.

    Attributes:
        at: the moment of the reading by the server's clock.
        skew_ms: how far the device's clock was behind the server's.
        force_reason: why the rules are to be overridden; None where they are not.
        forced_by: the operator whose PIN was given; without them nothing is overridden.
        decided: the device's own decision, if it was offline.
        lease_id: the lease that the device used for it.
    """

    scan_id: UUID
    code: str
    direction: Direction
    source: Source
    scanned_at: datetime
    at: datetime
    received_at: datetime
    skew_ms: int = 0
    force_reason: str | None = None
    forced_by: int | None = None
    decided: Decided | None = None
    lease_id: UUID | None = None

    @property
    def is_forced(self) -> bool:
        """Say whether a named supervisor overrides the rules; a reason alone sets none aside."""
        return self.force_reason is not None and self.forced_by is not None

    @property
    def text(self) -> str:
        """Return the code as it is printed; a typed one may differ in case and form."""
        return self.code.strip() if self.source == Source.CAMERA else normalise_typed(self.code)

    def body_hash(self, device_id: int) -> bytes:
        """Return a hash of what the device sent, to tell a repetition from another scan.

        The device's own decision is left out: a scan that was sent live, timed out and comes again
        in a batch is still the same scan.
        """
        body = (
            str(device_id),
            self.code,
            self.direction,
            self.source,
            self.scanned_at.isoformat(),
            self.force_reason or "",
        )
        # None of these may hold a NUL, so no two bodies read the same.
        return hashlib.sha256("\0".join(body).encode()).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one scan; the device gets the same one every time it asks.

    Attributes:
        first: when and where the participant was first admitted, as of this scan.
        overridden: the reason that a supervisor set aside, the most serious one.
        conflict: whether the device had let the person in against the rules.
    """

    scan_id: UUID
    status: Status
    reason: Reason | None
    direction: Direction
    holder: Holder | None
    first: Place | None
    overridden: Reason | None = None
    conflict: bool = False
    replayed: bool = False


#: by dialect; inserts nothing where the scan_id is there already. SQLite's driver knows the key of
#: the row that it has just inserted, and needs not be asked for it.
INSERT_SCAN: dict[str, Any] = {
    "sqlite": sqlite.insert(Scan).on_conflict_do_nothing(index_elements=["scan_id"]),
    "postgresql": postgresql.insert(Scan)
    .on_conflict_do_nothing(index_elements=["scan_id"])
    .returning(Scan.id),
}


def insert_scan(
    connection: Connection, device: PairedDevice, reading: Reading, keys: Keys, answer: Answer
) -> int | None:
    """Insert the scan's row and return its key; None if this scan_id is stored already."""
    values = scan_values(device, reading, keys, answer)
    written = connection.execute(INSERT_SCAN[connection.dialect.name], values)
    if connection.dialect.name == "sqlite":
        return written.lastrowid if written.rowcount == 1 else None
    key: int | None = written.scalar()
    return key


def scan_values(
    device: PairedDevice, reading: Reading, keys: Keys, answer: Answer
) -> dict[str, object]:
    """Return the columns of a scan."""
    return _reading_values(device, reading, keys) | _answer_values(answer)


def _reading_values(device: PairedDevice, reading: Reading, keys: Keys) -> dict[str, object]:
    return {
        "scan_id": reading.scan_id,
        "event_id": device.event_id,
        "gate_id": device.gate_id,
        "device_id": device.id,
        "code_hash": keys.code_hash(reading.code),
        "body_hash": reading.body_hash(device.id),
        "direction": reading.direction,
        "source": reading.source,
        "scanned_at": reading.scanned_at,
        "corrected_at": reading.at,
        "received_at": reading.received_at,
        "skew_ms": reading.skew_ms,
        "forced": reading.force_reason is not None,
        "force_reason": reading.force_reason,
        "forced_by": reading.forced_by,
        "decided_status": reading.decided and reading.decided.status,
        "decided_reason": reading.decided and reading.decided.reason,
    }


def _answer_values(answer: Answer) -> dict[str, object]:
    holder, first = answer.holder, answer.first
    return {
        "status": answer.status,
        "reason": answer.reason,
        "overridden": answer.overridden,
        "badge_id": holder and holder.badge_id,
        "participant_id": holder and holder.participant_id,
        "arrived": holder and holder.arrived,
        "quota": holder and holder.quota,
        "first_at": first and first.at,
        "first_gate_id": first and first.gate_id,
    }


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
        ScanIdConflict: the scan_id belongs to another scan, or to another device.
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
