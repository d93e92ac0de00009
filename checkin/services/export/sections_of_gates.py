"""What the whole export tells of the gates: scans, arrivals, conflicts, leases; who did what."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.db.models import (
    Activity,
    Admission,
    Badge,
    Conflict,
    Delegation,
    Duplicate,
    EntryStop,
    Gate,
    HourlyArrivals,
    Lease,
    LeasePlace,
    Operator,
    Scan,
    WalkIn,
)
from checkin.services.export.people import Rows

_ExitScan = aliased(Scan)
_FirstScan = aliased(Scan)
_FirstGate = aliased(Gate)
_Lifter = aliased(Operator)


def scans(event_id: int) -> Rows:
    """Return every scan in the order of time, refused and annulled ones too."""
    return (
        select(
            *(Scan.scan_id, Scan.participant_id, Badge.issue.label("badge_issue")),
            *(Gate.name.label("gate"), Scan.device_id, Scan.direction, Scan.source),
            *(Scan.scanned_at, Scan.corrected_at, Scan.received_at, Scan.skew_ms),
            *(Scan.status, Scan.reason, Scan.decided_status, Scan.decided_reason),
            *(Scan.forced, Scan.force_reason, Operator.name.label("forced_by")),
            *(Scan.arrived, Scan.quota, Scan.first_at, _FirstGate.name.label("first_gate")),
            *(Scan.annulled_at, Scan.annul_reason),
        )
        .select_from(Scan)
        .join(Gate, Gate.id == Scan.gate_id)
        .outerjoin(Badge, Badge.id == Scan.badge_id)
        .outerjoin(Operator, Operator.id == Scan.forced_by)
        .outerjoin(_FirstGate, _FirstGate.id == Scan.first_gate_id)
        .where(Scan.event_id == event_id)
        .order_by(Scan.corrected_at, Scan.id)
    )


def admissions(event_id: int) -> Rows:
    """Return every entry with its exit."""
    return (
        select(
            *(Admission.participant_id, Admission.entry_no, Scan.scan_id),
            *(Delegation.name.label("delegation"), Gate.name.label("gate"), Admission.device_id),
            *(Admission.without_place, Admission.admitted_at, Admission.exited_at),
            *(_ExitScan.scan_id.label("exit_scan_id"), Admission.annulled_at),
        )
        .select_from(Admission)
        .join(Scan, Scan.id == Admission.scan_pk)
        .join(Delegation, Delegation.id == Admission.delegation_id)
        .join(Gate, Gate.id == Admission.gate_id)
        .outerjoin(_ExitScan, _ExitScan.id == Admission.exit_scan_pk)
        .where(Admission.event_id == event_id)
        .order_by(Admission.admitted_at, Admission.id)
    )


def conflicts(event_id: int) -> Rows:
    """Return what contradicted the rules, and how it was decided."""
    return (
        select(
            *(Scan.scan_id, Conflict.reason, _FirstScan.scan_id.label("contradicts_scan_id")),
            *(Conflict.created_at, Conflict.decided_at, Operator.name.label("decided_by")),
            *(Conflict.decision, Conflict.note),
        )
        .select_from(Conflict)
        .join(Scan, Scan.id == Conflict.scan_pk)
        .outerjoin(Admission, Admission.id == Conflict.admission_id)
        .outerjoin(_FirstScan, _FirstScan.id == Admission.scan_pk)
        .outerjoin(Operator, Operator.id == Conflict.decided_by)
        .where(Conflict.event_id == event_id)
        .order_by(Conflict.id)
    )


def duplicates(event_id: int) -> Rows:
    """Return walk-ins who may have been registered before, and how that was decided."""
    return (
        select(
            *(Duplicate.participant_id, Duplicate.twin_id, Duplicate.same, Duplicate.created_at),
            *(Duplicate.decided_at, Operator.name.label("decided_by")),
            *(Duplicate.decision, Duplicate.note),
        )
        .outerjoin(Operator, Operator.id == Duplicate.decided_by)
        .where(Duplicate.event_id == event_id)
        .order_by(Duplicate.participant_id)
    )


def walk_ins(event_id: int) -> Rows:
    """Return who was registered at a gate, as the device was answered."""
    return (
        select(
            *(WalkIn.id.label("walk_in_id"), WalkIn.device_id, WalkIn.participant_id),
            *(Badge.issue.label("badge_issue"), WalkIn.standing, WalkIn.reserve_no),
        )
        .join(Badge, Badge.id == WalkIn.badge_id)
        .where(WalkIn.event_id == event_id)
        .order_by(WalkIn.participant_id)
    )


def leases(event_id: int) -> Rows:
    """Return what was lent to devices of the hall's capacity."""
    return (
        select(
            *(Lease.id.label("lease_id"), Lease.device_id, Lease.granted_at, Lease.expires_at),
            *(Lease.ended_at, Lease.hall, Lease.hall_used),
        )
        .where(Lease.event_id == event_id)
        .order_by(Lease.granted_at, Lease.id)
    )


def lease_places(event_id: int) -> Rows:
    """Return what was lent to devices of the delegations' quotas."""
    return (
        select(
            *(LeasePlace.lease_id, Delegation.name.label("delegation")),
            *(LeasePlace.places, LeasePlace.used),
        )
        .join(Delegation, Delegation.id == LeasePlace.delegation_id)
        .where(LeasePlace.event_id == event_id)
        .order_by(LeasePlace.lease_id, Delegation.name)
    )


def entry_stops(event_id: int) -> Rows:
    """Return when all entries were stopped, and what was said."""
    return (
        select(
            *(EntryStop.message_fr, EntryStop.message_ar, EntryStop.message_en),
            *(EntryStop.stopped_at, Operator.name.label("stopped_by")),
            *(EntryStop.lifted_at, _Lifter.name.label("lifted_by")),
        )
        .join(Operator, Operator.id == EntryStop.stopped_by)
        .outerjoin(_Lifter, _Lifter.id == EntryStop.lifted_by)
        .where(EntryStop.event_id == event_id)
        .order_by(EntryStop.id)
    )


def hourly_arrivals(event_id: int) -> Rows:
    """Return what a purge left: how many arrived within each hour."""
    return (
        select(
            *(Delegation.name.label("delegation"), Gate.name.label("gate")),
            *(HourlyArrivals.hour_at, HourlyArrivals.arrived),
        )
        .select_from(HourlyArrivals)
        .join(Delegation, Delegation.id == HourlyArrivals.delegation_id)
        .join(Gate, Gate.id == HourlyArrivals.gate_id)
        .where(HourlyArrivals.event_id == event_id)
        .order_by(HourlyArrivals.hour_at, Delegation.name, Gate.name)
    )


def activity(event_id: int) -> Rows:
    """Return who did what with the event."""
    return (
        select(
            *(Activity.at, Operator.name.label("operator"), Activity.device_id),
            *(Activity.action, Activity.details),
        )
        .outerjoin(Operator, Operator.id == Activity.operator_id)
        .where(Activity.event_id == event_id)
        .order_by(Activity.id)
    )
