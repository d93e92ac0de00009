"""Conflicts: admissions that offline gates made against the rules, and organisers' decisions."""

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
    """An organiser's decision on a conflict or a possible duplicate.

    KEEP: what was counted stays counted. ANNUL: what should not have been counted is annulled.
    MERGE: the two registrations of a possible duplicate were merged (`merging.py`).
    """

    KEEP = "keep"
    ANNUL = "annul"
    MERGE = "merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as lists show it: when, by whom and why; all None while it is open."""

    decision: Decision | None
    note: str | None
    decided_at: datetime | None
    decided_by: str | None


def decisions_on(kind: type[Conflict] | type[Duplicate], event: Event) -> Any:
    """Return a query for an event's conflicts or duplicates with who decided; open ones first."""
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


def reason_given(note: str) -> str:
    """Return the reason given for a decision, without the spaces around it.

    Raises:
        InvalidRequest: the note is empty.
    """
    if not note.strip():
        raise InvalidRequest("say in a few words why it is decided so")
    return note.strip()


def is_decided(row: Conflict | Duplicate, decision: Decision, number: int) -> bool:
    """Say whether the same decision was made before.

    Raises:
        Conflict: another decision was made before.
    """
    if row.decided_at is None:
        return False
    if row.decision != decision:
        raise Contradiction(f"no. {number} was decided already: {row.decision}")
    return True


def write_decision(
    row: Conflict | Duplicate,
    decision: Decision,
    note: str,
    operator_id: int | None,
    now: datetime,
) -> None:
    """Record a decision, who made it and why."""
    row.decision, row.note = decision, note
    row.decided_by, row.decided_at = operator_id, now


@dataclass(frozen=True, slots=True)
class ArrivalDetails:
    """A reading that let somebody in: when, corrected for the device's clock, and where."""

    at: datetime
    gate: str
    device: str


class ArrivalJoin:
    """The joins that add an admission with its gate and device to a query, under aliases."""

    def __init__(self, name: str) -> None:
        self.admission = aliased(Admission, name=name)
        self._gate = aliased(Gate, name=f"{name}_gate")
        self._device = aliased(Device, name=f"{name}_device")
        self._columns = (self.admission.admitted_at, self._gate.name, self._device.name)

    def join(self, query: Any, found_by: Any) -> Any:
        """Add an outer join with the admission that a condition finds."""
        return (
            query.outerjoin(self.admission, found_by)
            .outerjoin(self._gate, self._gate.id == self.admission.gate_id)
            .outerjoin(self._device, self._device.id == self.admission.device_id)
            .add_columns(*self._columns)
        )

    def of(self, row: Any) -> ArrivalDetails | None:
        """Return the admission's details from a row of the query; None where there is none."""
        at, gate, device = (row._mapping[column] for column in self._columns)
        return ArrivalDetails(at, gate, device) if at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedConflict(Decided):
    """A conflict as the page shows it.

    Attributes:
        scan: the reading that contradicts the rules.
        earlier: the admission that it contradicts, where there is one.
        counted: whether the reading counted the person in.
        is_lost: a restore has lost the registration of the person; the delegation is known still.
        turned_away: the server's answer was lost, and the gate sent the counted person away.
        claimed: the reason given at the gate for an override for which no supervisor was named.
        skew_ms: how far the device's clock was behind the server's.
    """

    id: int
    reason: Reason
    person: Participant | None
    delegation: Delegation | None
    scan: ArrivalDetails
    earlier: ArrivalDetails | None
    counted: bool
    is_lost: bool
    turned_away: bool
    claimed: str | None
    skew_ms: int


_COUNTED = and_(Admission.scan_pk == Scan.id, Admission.annulled_at.is_(None))
_EARLIER = ArrivalJoin("earlier")


def conflicts_of(session: Session, event: Event) -> Sequence[ListedConflict]:
    """Return an event's conflicts by the time of the reading, the open ones first."""
    query = (
        decisions_on(Conflict, event)
        .join(Scan, Scan.id == Conflict.scan_pk)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(Participant, Participant.id == Scan.participant_id)
        .outerjoin(
            Delegation,
            Delegation.id == func.coalesce(Participant.delegation_id, Scan.lost_delegation_id),
        )
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
    """Return, by event, how many conflicts and possible duplicates wait for a decision."""
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
    """Decide a conflict, once. Repeating the same decision changes nothing.

    ANNUL annuls the scan that contradicts the rules, and with it the admission that it counted.

    Raises:
        NotFound: the event has no such conflict.
        InvalidRequest: the note is empty.
        Conflict: another decision was made, or the person was scanned again since, and that scan
            must be annulled first.
    """
    note = reason_given(note)
    conflict = _locked(session, event, conflict_id)
    if is_decided(conflict, decision, conflict.id):
        return
    if decision == Decision.ANNUL:
        _annul(session, event, conflict, note, operator_id, now)
    write_decision(conflict, decision, note, operator_id, now)
    said: dict[str, Any] = {"conflict_id": conflict.id, "decision": decision, "note": note}
    note_activity(session, event.id, "conflict.decide", now, operator_id=operator_id, **said)


def _locked(session: Session, event: Event, conflict_id: int) -> Conflict:
    """Return a conflict of the event, locked, so that two organisers never decide it at once."""
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
        is_lost=row.Participant is None and scan.lost_delegation_id is not None,
        turned_away=scan.status == Status.OK,
        claimed=scan.force_reason if scan.forced_by is None else None,
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
    """Record a conflict for an organiser to decide.

    Args:
        reason: why the rules refuse the person; where they admit, why the gate refused.
        holder: the person whose earlier admission is contradicted; None where there is none.
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
        .order_by(Admission.day.desc(), Admission.entry_no.desc())
        .limit(1)
    )
