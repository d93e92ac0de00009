"""Conflicts: what gates admitted against the rules while they could not ask, and who decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import (
    Admission,
    Conflict,
    Delegation,
    Device,
    Duplicate,
    Event,
    Gate,
    Operator,
    Participant,
    Scan,
)
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import Conflict as Contradiction
from checkin.errors import InvalidRequest, NotFound
from checkin.services.common.activity import note as note_activity
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import Reading


class Decision(StrEnum):
    """What becomes of it.

    KEEP: what happened stays as it was counted. ANNUL: what should not have been counted is taken
    back.
    """

    KEEP = "keep"
    ANNUL = "annul"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a list shows of a decision: when, by whom and why; None while it waits."""

    decision: Decision | None
    note: str | None
    decided_at: datetime | None
    decided_by: str | None


def decisions_on(kind: type[Conflict] | type[Duplicate], event: Event) -> Any:
    """Return the query for one kind of an event and who decided: those that wait first."""
    return (
        select(kind, Operator.name.label("decided_by"))
        .outerjoin(Operator, Operator.id == kind.decided_by)
        .where(kind.event_id == event.id)
        .order_by(kind.decided_at.is_not(None))
    )


def decided(what: Conflict | Duplicate, row: Any) -> dict[str, Any]:
    """Return the fields of `Decided` for a row of `decisions_on`."""
    return {
        "decision": Decision(what.decision) if what.decision else None,
        "note": what.note,
        "decided_at": what.decided_at,
        "decided_by": row.decided_by,
    }


def word_of_why(note: str) -> str:
    """Return the note without what surrounds it.

    Raises:
        InvalidRequest: no word is said of why.
    """
    if not note.strip():
        raise InvalidRequest("say in a few words why it is decided so")
    return note.strip()


def is_decided(row: Conflict | Duplicate, decision: Decision, number: int) -> bool:
    """Say whether it was decided so before.

    Raises:
        Conflict: it was decided otherwise.
    """
    if row.decided_at is None:
        return False
    if row.decision != decision:
        raise Contradiction(f"no. {number} was decided already: {row.decision}")
    return True


def write_decision(
    row: Conflict | Duplicate, decision: Decision, note: str, operator_id: int, now: datetime
) -> None:
    """Keep what was decided, by whom and why."""
    row.decision, row.note = decision, note
    row.decided_by, row.decided_at = operator_id, now


@dataclass(frozen=True, slots=True)
class ArrivalDetails:
    """One of two readings: when, corrected for the device's clock, and where."""

    at: datetime
    gate: str
    device: str


class ArrivalJoin:
    """An admission with its gate and device, joined under names of its own."""

    def __init__(self, name: str) -> None:
        self.admission = aliased(Admission, name=name)
        self._gate = aliased(Gate, name=f"{name}_gate")
        self._device = aliased(Device, name=f"{name}_device")
        self._columns = (self.admission.admitted_at, self._gate.name, self._device.name)

    def join(self, query: Any, found_by: Any) -> Any:
        """Join the admission that a condition finds, where there is one."""
        return (
            query.outerjoin(self.admission, found_by)
            .outerjoin(self._gate, self._gate.id == self.admission.gate_id)
            .outerjoin(self._device, self._device.id == self.admission.device_id)
            .add_columns(*self._columns)
        )

    def of(self, row: Any) -> ArrivalDetails | None:
        """Return what a row tells of it."""
        at, gate, device = (row._mapping[column] for column in self._columns)
        return ArrivalDetails(at, gate, device) if at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedConflict(Decided):
    """A conflict as the page shows it.

    Attributes:
        scan: the reading that contradicts the rules.
        earlier: the admission that it contradicts, where there is one.
        counted: the reading counted the person in.
        turned_away: it did so by an answer that was lost, and the gate sent the person away.
        skew_ms: how far the device's clock was behind when it told.
    """

    id: int
    reason: Reason
    person: Participant | None
    delegation: Delegation | None
    scan: ArrivalDetails
    earlier: ArrivalDetails | None
    counted: bool
    turned_away: bool
    skew_ms: int


_COUNTED = and_(Admission.scan_pk == Scan.id, Admission.annulled_at.is_(None))
_EARLIER = ArrivalJoin("earlier")


def conflicts_of(session: Session, event: Event) -> Sequence[ListedConflict]:
    """Return the conflicts of an event: those that wait first, by the time of the reading."""
    query = (
        decisions_on(Conflict, event)
        .join(Scan, Scan.id == Conflict.scan_pk)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(Participant, Participant.id == Scan.participant_id)
        .outerjoin(Delegation, Delegation.id == Participant.delegation_id)
        .outerjoin(Admission, _COUNTED)
        .add_columns(
            Scan,
            Gate.name.label("gate"),
            Device.name.label("device"),
            Participant,
            Delegation,
            Admission.id.label("admission_id"),
        )
        .order_by(Scan.corrected_at, Conflict.id)
    )
    query = _EARLIER.join(query, _EARLIER.admission.id == Conflict.admission_id)
    return [_listed(row) for row in session.execute(query)]


def waiting_conflicts(session: Session, event_ids: Iterable[int]) -> dict[int, int]:
    """Return how many conflicts of each event wait for a decision, possible duplicates too."""
    wanted = list(event_ids)
    waiting = dict.fromkeys(wanted, 0)
    for kind in (Conflict, Duplicate):
        found = session.execute(
            select(kind.event_id, func.count().label("waiting"))
            .where(kind.event_id.in_(wanted), kind.decided_at.is_(None))
            .group_by(kind.event_id)
        )
        for row in found:
            waiting[row.event_id] += row.waiting
    return waiting


def decide_conflict(
    session: Session,
    event: Event,
    conflict_id: int,
    decision: Decision,
    note: str,
    operator_id: int,
    now: datetime,
) -> None:
    """Decide a conflict, once. The same decision again changes nothing.

    Annulled is the scan that contradicts the rules, and with it the admission that it counted.

    Raises:
        NotFound: the event has no such conflict.
        InvalidRequest: no word is said of why.
        Conflict: it was decided otherwise, or the person was scanned again since and the
            admission cannot be annulled before that.
    """
    note = word_of_why(note)
    conflict = _locked(session, event, conflict_id)
    if is_decided(conflict, decision, conflict.id):
        return
    if decision == Decision.ANNUL:
        _annul(session, event, conflict, note, operator_id, now)
    write_decision(conflict, decision, note, operator_id, now)
    said: dict[str, Any] = {"conflict_id": conflict.id, "decision": decision, "note": note}
    note_activity(session, event.id, "conflict.decide", now, operator_id=operator_id, **said)


def _locked(session: Session, event: Event, conflict_id: int) -> Conflict:
    """Return a conflict of the event; who decides it at the same time waits."""
    conflict = session.scalar(
        select(Conflict)
        .where(Conflict.id == conflict_id, Conflict.event_id == event.id)
        .with_for_update()
    )
    if conflict is None:
        raise NotFound(f"no conflict has the number {conflict_id}")
    return conflict


def _annul(
    session: Session, event: Event, conflict: Conflict, note: str, operator_id: int, now: datetime
) -> None:
    scan = session.get_one(Scan, conflict.scan_pk)
    annul_scan(
        session,
        event_id=event.id,
        scan_id=scan.scan_id,
        reason=note,
        now=now,
        supervisor_id=operator_id,
    )


def _listed(row: Any) -> ListedConflict:
    conflict, scan = row.Conflict, row.Scan
    return ListedConflict(
        id=conflict.id,
        reason=Reason(conflict.reason),
        person=row.Participant,
        delegation=row.Delegation,
        scan=ArrivalDetails(scan.corrected_at, row.gate, row.device),
        earlier=_EARLIER.of(row),
        counted=row.admission_id is not None,
        turned_away=scan.status == Status.OK,
        skew_ms=scan.skew_ms,
        **decided(conflict, row),
    )


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
        reason: why the rules say no; where they say yes, why the gate did.
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
