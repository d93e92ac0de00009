"""Annul a scan: its row stays, and what it counted is subtracted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Scan
from checkin.domain.events.days import day_at
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.scanning.verdict import Status
from checkin.errors import Conflict, Forbidden, NotFound
from checkin.services.common.activity import note
from checkin.services.common.arrival_tally import Change, count_arrival
from checkin.services.common.outside_events import tell_webhooks
from checkin.services.events.days import days_of
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.counting import count_refusal

#: how long the device that scanned may take a scan back without a supervisor
OWN_SCAN_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _GateOf:
    """The rows of the running counts that an admission was counted in."""

    id: int
    event_id: int
    gate_id: int


def annul_scan(
    session: Session,
    *,
    event_id: int,
    scan_id: UUID,
    reason: str,
    now: datetime,
    device_id: int | None = None,
    supervisor_id: int | None = None,
) -> Scan:
    """Annul a scan and what it counted. Annulling it again changes nothing.

    Raises:
        NotFound: the event has no scan with this id.
        Forbidden: the scan is another device's or older than 15 minutes, and no supervisor asks.
        Conflict: the participant was scanned again since; annul the later scan first.
    """
    scan = session.scalar(
        select(Scan).where(Scan.scan_id == scan_id, Scan.event_id == event_id).with_for_update()
    )
    if scan is None:
        raise NotFound(f"no scan has the id {scan_id}")
    if supervisor_id is None:
        _check_own(scan, device_id, now)
    if scan.annulled_at is None:
        _annul(session, scan, reason, now, device_id=device_id, supervisor_id=supervisor_id)
    return scan


def _annul(
    session: Session,
    scan: Scan,
    reason: str,
    now: datetime,
    *,
    device_id: int | None,
    supervisor_id: int | None = None,
) -> None:
    _undo(session, scan, now)
    scan.annulled_at, scan.annul_reason = now, reason
    note(
        session,
        scan.event_id,
        "scan.annul",
        now,
        device_id=device_id,
        operator_id=supervisor_id,
        participant_id=scan.participant_id,
        scan_id=str(scan.scan_id),
        reason=reason,
    )


def annul_at_hub(
    session: Session, *, event_id: int, scan_id: UUID, reason: str, now: datetime
) -> None:
    """Annul a scan as the device that made it, because a hub has let it be taken back.

    Raises:
        NotFound: the event has no scan with this id.
        Conflict: the participant was scanned again since.
    """
    scan = session.scalar(
        select(Scan).where(Scan.scan_id == scan_id, Scan.event_id == event_id).with_for_update()
    )
    if scan is None:
        raise NotFound(f"no scan has the id {scan_id}")
    if scan.annulled_at is None:
        _annul(session, scan, reason, now, device_id=scan.device_id)


def annul_again(
    session: Session, *, device: PairedDevice, scan_ids: Sequence[UUID], now: datetime
) -> None:
    """Annul again what a device had annulled before a restore, however long ago.

    What contradicts that now, such as a later entry of the person, leaves it as it is.
    """
    for scan_id in sorted(set(scan_ids)):
        scan = session.scalar(
            select(Scan).where(Scan.scan_id == scan_id, Scan.event_id == device.event_id)
        )
        if scan is None or scan.annulled_at is not None:
            continue
        with suppress(Conflict):
            _annul(session, scan, _BEFORE_A_RESTORE, now, device_id=device.id)


#: an organiser reads it in the log
_BEFORE_A_RESTORE = "taken back at the gate before the database was put back"


def annul_scans(
    session: Session,
    *,
    event_id: int,
    scan_ids: Sequence[UUID],
    reason: str,
    now: datetime,
    device_id: int | None = None,
    supervisor_id: int | None = None,
) -> list[UUID]:
    """Annul many scans in one act, such as those of a bus; return the ids of those that are, once.

    What may not be annulled, as one of a person who came in again since, stays as it is. The scans
    are taken in the order of their ids, so that two acts never wait for one another.
    """
    annulled = []
    for scan_id in sorted(set(scan_ids)):
        with suppress(NotFound, Forbidden, Conflict):
            annul_scan(
                session,
                event_id=event_id,
                scan_id=scan_id,
                reason=reason,
                now=now,
                device_id=device_id,
                supervisor_id=supervisor_id,
            )
            annulled.append(scan_id)
    return annulled


def _check_own(scan: Scan, device_id: int | None, now: datetime) -> None:
    if scan.device_id != device_id:
        raise Forbidden("another device made this scan: ask a supervisor")
    if now - scan.received_at > OWN_SCAN_FOR:
        raise Forbidden("this scan is older than 15 minutes: ask a supervisor")


def _undo(session: Session, scan: Scan, now: datetime) -> None:
    # Locked: a correction may be moving the person with their arrival to another delegation.
    admission = select(Admission).with_for_update().execution_options(populate_existing=True)
    entered = session.scalar(admission.where(Admission.scan_pk == scan.id))
    # Of an entry that was annulled before, the exit counts nobody out any more.
    # It may have ended two stays of somebody who was let in twice: they are inside once.
    left = session.scalar(
        admission.where(Admission.exit_scan_pk == scan.id, Admission.annulled_at.is_(None))
        .order_by(Admission.entry_no.desc())
        .limit(1)
    )
    if entered is not None:
        _undo_entry(session, entered, now)
    elif left is not None:
        _undo_exit(session, left, scan)
    if scan.status == Status.ERROR and scan.decided_status != Status.OK:
        # One that a device let in offline was never counted as a refusal.
        at = _GateOf(scan.device_id, scan.event_id, scan.gate_id)
        day = day_at(days_of(session, scan.event_id), scan.corrected_at)
        count_refusal(session.connection(), at, scan.corrected_at, day=day, refused=-1)


def _undo_entry(session: Session, entry: Admission, now: datetime) -> None:
    _refuse_if_later(session, entry)
    entry.annulled_at = now
    session.flush()
    at = _GateOf(entry.device_id, entry.event_id, entry.gate_id)
    change = Change(
        arrived=-int(entry.entry_no == 1),
        inside=0 if entry.exited_at else -1,
        without_place=-int(entry.without_place),
        day=entry.day,
    )
    count_arrival(session.connection(), at, entry.delegation_id, entry.admitted_at, change)
    if entry.entry_no == 1:
        tell_webhooks(
            session.connection(),
            entry.event_id,
            WebhookKind.ANNULLED,
            now,
            participant_id=entry.participant_id,
            delegation_id=entry.delegation_id,
            gate_id=entry.gate_id,
            day=entry.day,
        )


def _undo_exit(session: Session, entry: Admission, scan: Scan) -> None:
    _refuse_if_later(session, entry)
    entry.exited_at = entry.exit_scan_pk = None
    at = _GateOf(scan.device_id, scan.event_id, scan.gate_id)
    change = Change(arrived=0, inside=1, without_place=0, day=entry.day)
    count_arrival(session.connection(), at, entry.delegation_id, scan.corrected_at, change)


def _refuse_if_later(session: Session, entry: Admission) -> None:
    later = session.scalar(
        select(Admission.id).where(
            Admission.participant_id == entry.participant_id,
            Admission.day == entry.day,
            Admission.entry_no > entry.entry_no,
            Admission.annulled_at.is_(None),
        )
    )
    if later is not None:
        raise Conflict("this person came in again since: annul the later scan first")
