"""Store scans: what a device reports, what it is answered, and the row that keeps both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from checkin.db.models import Badge, Category, Conflict, Delegation, Gate, Participant, Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.timetable import NOT_CLOSED, Opening
from checkin.domain.scanning.verdict import WITHOUT_BADGE, Source, Status
from checkin.errors import ScanIdConflict
from checkin.protocol.codes import normalise_code, parse_code, token_hash
from checkin.protocol.gate_list import tag_bytes
from checkin.services.common.keys import Keys
from checkin.services.gates.devices import PairedDevice
from checkin.services.people.search import WHO
from checkin.services.scanning.facts import Holder, Place, ScanName, holder_of, place_of

#: recording a scan asks several times for the token of its code, which takes a while to check
_token_of = lru_cache(maxsize=64)(parse_code)


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that an offline device made by itself."""

    status: Status
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading as a device reports it.

    Attributes:
        code: as it was read; empty where the device names the badge by its ref, or a person.
        at: the moment of the reading by the server's clock.
        skew_ms: how far the device's clock was behind the server's.
        force_reason: why the rules are to be overridden; None where they are not.
        forced_by: the supervisor whose PIN was given; without them nothing is overridden, and
            nobody is admitted without a badge where that takes a PIN.
        decided: the device's own decision, if it was offline.
        lease_id: the lease that the device used for it.
        badge_ref: `tag_bytes` of the badge's token; None where it is not named by that.
        participant_id: the person who was found in a list, without a badge; None where a badge
            is named.
        delegation_id: the person's, as the device knows it; None where it does not.
        acknowledged: an earlier epoch of the database had acknowledged the scan to the device.
        sent_hash: `body_hash` as a hub has stored it, which cannot tell what was read; the device
            may bring the same scan itself.
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
    badge_ref: bytes | None = None
    participant_id: int | None = None
    delegation_id: int | None = None
    acknowledged: bool = False
    sent_hash: bytes | None = None

    @property
    def is_forced(self) -> bool:
        """Say whether a named supervisor overrides the rules; a reason alone sets none aside."""
        return self.force_reason is not None and self.forced_by is not None

    @property
    def text(self) -> str:
        """Return the code as it is printed; what was read or typed may differ in case and form."""
        return normalise_code(self.code)

    @property
    def name(self) -> ScanName | None:
        """Return by what is looked up whom it is about; None for a text that is no code of ours."""
        if self.participant_id is not None:
            return ScanName("participant_id", self.participant_id, is_shown=False)
        if self.badge_ref is not None:
            return ScanName("ref", self.badge_ref, self.source not in WITHOUT_BADGE)
        token = _token_of(self.text)
        return ScanName("token_hash", token_hash(token)) if token else None

    @property
    def ref(self) -> bytes | None:
        """Return the ref of the badge that is named, by its code too; None for other texts."""
        if self.badge_ref is not None:
            return self.badge_ref
        token = _token_of(self.text)
        return tag_bytes(token) if token else None

    @property
    def shows_code(self) -> bool:
        """Say whether a badge's own code was sent: whoever has it may learn whose badge it is."""
        return self.badge_ref is None and self.ref is not None

    @property
    def read(self) -> str:
        """Return what was read, alike for a badge's code and for its ref."""
        if self.participant_id is not None:
            return _BY_PERSON + str(self.participant_id)
        return self.code if self.ref is None else self.ref.hex()

    def body_hash(self, device_id: int) -> bytes:
        """Return a hash of what the device sent, to tell a repetition from another scan.

        The device's own decision is left out, and a badge's code is worth as much as its ref: a
        scan that was sent live, timed out and comes again in a batch is still the same scan.
        """
        if self.sent_hash is not None:
            return self.sent_hash
        how = (self.direction, self.source, self.scanned_at, self.force_reason)
        return _body_hash(device_id, self._named, *how)

    @property
    def _named(self) -> str:
        if self.participant_id is not None:
            return _BY_PERSON + str(self.participant_id)
        return _OTHER_TEXT + self.code if self.ref is None else _BY_REF + self.ref.hex()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one scan; the device gets the same one every time it asks.

    Attributes:
        first: when and where the participant was first admitted, as of this scan.
        overridden: the reason that a supervisor set aside, the most serious one.
        conflict: whether the device had let the person in against the rules.
        opening: of a refusal for its time: when the gate opens to the person.
        number: of the scan in the log, by which devices notice that a database was put back.
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
    opening: Opening = NOT_CLOSED
    number: int | None = field(default=None, compare=False)

    def with_opening(
        self, device: PairedDevice, at: datetime, gate_id: int | None, category_id: int | None
    ) -> Answer:
        """Return the answer with when the gate opens, where it was closed at that moment."""
        if self.reason != Reason.INVALID_TIME:
            return self
        return replace(self, opening=device.opening_after(at, gate_id, category_id))

    def nameless(self) -> Answer:
        """Return the answer without whom it is about, for a device that did not send the code.

        Every ref lies in the gate list that a thief may have: it must not tell who has the badge.
        """
        return replace(self, holder=None, first=None, opening=NOT_CLOSED)


#: by dialect; inserts nothing where the scan_id is there already. SQLite's driver knows the key of
#: the row that it has just inserted, and needs not be asked for it.
INSERT_SCAN: dict[str, Any] = {
    "sqlite": sqlite.insert(Scan).on_conflict_do_nothing(index_elements=["scan_id"]),
    "postgresql": postgresql.insert(Scan)
    .on_conflict_do_nothing(index_elements=["scan_id"])
    .returning(Scan.id),
}


# Every ref lies in the gate list: the same letters, sent as a code, are another scan.
_BY_REF, _BY_PERSON, _OTHER_TEXT = "ref:", "person:", "text:"


def _body_hash(
    device_id: int,
    named: str,
    direction: str,
    source: str,
    scanned_at: datetime,
    force_reason: str | None,
) -> bytes:
    moment = scanned_at.isoformat()
    # None of these may hold a NUL, so no two bodies read the same.
    body = (str(device_id), named, direction, source, moment, force_reason or "")
    return hashlib.sha256("\0".join(body).encode()).digest()


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
        "code_hash": keys.code_hash(reading.read),
        "by_ref": reading.badge_ref is not None,
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
        *(Scan.id.label("number"), Scan.scan_id, Scan.event_id.label("scan_event_id")),
        *(Scan.body_hash, Scan.device_id, Scan.source, Scan.scanned_at, Scan.force_reason),
        *(Badge.ref, Scan.status, Scan.reason, Scan.direction),
        *WHO,
        Scan.arrived,
        Scan.quota,
        Scan.first_at,
        Scan.first_gate_id,
        Gate.name.label("first_gate"),
        Gate.name_ar.label("first_gate_ar"),
        *(Scan.corrected_at, Scan.gate_id, Participant.category_id),
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
    same = (stored.body_hash, *_hashes_by_other_names(stored, reading))
    if _hash_then(stored, device, reading) not in same:
        raise ScanIdConflict(f"scan_id {reading.scan_id} was used for another scan")
    return _answer_then(stored, device)


def _hash_then(stored: Row[*tuple[Any, ...]], device: PairedDevice, reading: Reading) -> bytes:
    """Return the hash of a reading as the device sent it at first.

    A device that offers again what was acknowledged has not kept why a scan was forced, and may
    have been paired anew since.
    """
    if not (reading.acknowledged and stored.scan_event_id == device.event_id):
        return reading.body_hash(device.id)
    return replace(reading, force_reason=stored.force_reason).body_hash(stored.device_id)


def _hashes_by_other_names(stored: Row[*tuple[Any, ...]], reading: Reading) -> list[bytes]:
    """Return the hashes that a stored scan would have by the other names of whom it is about.

    An earlier version stored it with the hash of the code. A person found in a list is named by
    their badge, too: it is the same scan, although its source differs.
    """
    found_in_list = WITHOUT_BADGE & {stored.source, reading.source}
    source = reading.source if found_in_list else stored.source
    how = (stored.direction, source, stored.scanned_at, stored.force_reason)
    names = [_BY_REF + stored.ref.hex()] if stored.ref is not None else []
    if found_in_list and stored.participant_id is not None:
        names.append(_BY_PERSON + str(stored.participant_id))
    return [_body_hash(stored.device_id, name, *how) for name in names]


def _answer_then(stored: Row[*tuple[Any, ...]], device: PairedDevice) -> Answer:
    answer = Answer(
        scan_id=stored.scan_id,
        status=Status(stored.status),
        reason=Reason(stored.reason) if stored.reason else None,
        direction=Direction(stored.direction),
        holder=None if stored.participant_id is None else holder_of(stored),
        first=place_of(stored),
        conflict=stored.conflict,
        replayed=True,
        number=stored.number,
    )
    whose = (stored.gate_id, stored.category_id)
    return answer.with_opening(device, stored.corrected_at, *whose)
