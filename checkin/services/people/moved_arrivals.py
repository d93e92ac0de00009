"""The arrival of a participant: whether it uses a place, and moving it to another delegation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Admission, ArrivalTally, Scan
from checkin.domain.people.place_decisions import Arrival
from checkin.services.common.arrival_tally import Change, count_arrival


def arrival_of(session: Session, participant_id: int) -> Arrival:
    """Return whether a participant has arrived, and whether that uses a place of the quota."""
    return arrival_with(
        session.scalars(
            select(Admission.without_place)
            .where(
                Admission.participant_id == participant_id,
                Admission.entry_no == 1,
                Admission.annulled_at.is_(None),
            )
            .order_by(Admission.day)
        ).first()
    )


def arrival_with(without_place: bool | None) -> Arrival:
    """Return the arrival whose first admission is without a place or not; None: there is none."""
    if without_place is None:
        return Arrival.NONE
    return Arrival.WITHOUT_PLACE if without_place else Arrival.WITH_PLACE


def move_arrival(session: Session, participant_id: int, old: int, new: int) -> None:
    """Count whatever a participant's admissions have counted with another delegation.

    The caller has locked the participant. An exit that is under way is counted with the delegation
    that its admission belongs to by then.

    Args:
        old, new: the ids of the delegations.
    """
    session.execute(
        update(Admission)
        .where(Admission.participant_id == participant_id)
        .values(delegation_id=new, on_loan=False)  # it takes a free place there, and none on loan
        .execution_options(synchronize_session=False)
    )
    counted = _counted(session, participant_id)
    for one in counted:
        count_arrival(session.connection(), one, old, one.at, one.change.negative())
        count_arrival(session.connection(), one, new, one.at, one.change)
    if counted:
        _forget_empty(session, old)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What an entry or an exit has counted, and the device and gate where it was."""

    id: int
    event_id: int
    gate_id: int
    at: datetime
    change: Change


def _counted(session: Session, participant_id: int) -> list[_Counted]:
    entered = session.execute(
        select(
            Admission.device_id,
            Admission.event_id,
            Admission.gate_id,
            Admission.admitted_at,
            Admission.entry_no,
            Admission.without_place,
            Admission.day,
        ).where(*_counts(participant_id))
    )
    left = session.execute(
        select(Scan.device_id, Scan.event_id, Scan.gate_id, Scan.corrected_at, Admission.day)
        .join(Admission, Admission.exit_scan_pk == Scan.id)
        .where(*_counts(participant_id))
    )
    entries = [
        _Counted(device, event, gate, at, Change(int(number == 1), 1, int(without_place), day))
        for device, event, gate, at, number, without_place, day in entered
    ]
    exits = [
        _Counted(device, event, gate, at, Change(arrived=0, inside=-1, without_place=0, day=day))
        for device, event, gate, at, day in left
    ]
    return entries + exits


def _counts(participant_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Admission.participant_id == participant_id, Admission.annulled_at.is_(None))


def _forget_empty(session: Session, delegation_id: int) -> None:
    """Delete the tallies that count nobody any more, so that none tells of a last arrival."""
    session.execute(
        delete(ArrivalTally).where(
            ArrivalTally.delegation_id == delegation_id,
            ArrivalTally.arrived == 0,
            ArrivalTally.inside == 0,
            ArrivalTally.without_place == 0,
        )
    )
