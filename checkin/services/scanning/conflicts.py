"""Conflicts: what doors admitted against the rules while they could not ask, and who decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Conflict,
    Delegation,
    Device,
    Duplicate,
    Event,
    Gate,
    Participant,
    Scan,
)
from checkin.domain.scanning.verdicts import Reason, Status
from checkin.errors import NotFound
from checkin.services.common.activity import note as note_activity
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.decisions import (
    Decided,
    Decision,
    decided,
    decisions_on,
    is_decided,
    word_of_why,
    write_decision,
)
from checkin.services.scanning.sides import Arrival, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedConflict(Decided):
    """A conflict as the page shows it.

    Attributes:
        scan: the reading that contradicts the rules.
        earlier: the admission that it contradicts, where there is one.
        counted: the reading counted the person in.
        turned_away: it did so by an answer that was lost, and the door sent the person away.
        skew_ms: how far the device's clock was behind when it told.
    """

    id: int
    reason: Reason
    person: Participant | None
    delegation: Delegation | None
    scan: Side
    earlier: Side | None
    counted: bool
    turned_away: bool
    skew_ms: int


_COUNTED = and_(Admission.scan_pk == Scan.id, Admission.annulled_at.is_(None))
_EARLIER = Arrival("earlier")


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
        scan=Side(scan.corrected_at, row.gate, row.device),
        earlier=_EARLIER.of(row),
        counted=row.admission_id is not None,
        turned_away=scan.status == Status.OK,
        skew_ms=scan.skew_ms,
        **decided(conflict, row),
    )
