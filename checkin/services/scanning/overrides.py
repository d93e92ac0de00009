"""Overrides: a supervisor, named by their PIN, lets somebody in whom the rules refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Admission, Delegation, Device, Gate, Operator, Participant, Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import Forbidden, NoPins, TooManyRequests, Unavailable
from checkin.services.accounts.hashing import secret_matches
from checkin.services.accounts.pins import HAS_PIN
from checkin.services.common.activity import note, note_on
from checkin.services.gates.devices import PairedDevice
from checkin.services.limits.limits import Limits
from checkin.services.limits.rules import PINS
from checkin.services.scanning.storage import Answer, Reading


def supervisor_with_pin(
    database: Database, limits: Limits, pin: str | None, device: PairedDevice, now: datetime
) -> int:
    """Return the id of the supervisor whose PIN this is; a wrong one is logged, without the PIN.

    Only what the limit lets through is looked at and logged, so that a flood of wrong PINs writes
    no more entries a day than a device has tries.

    Raises:
        NoPins: nobody has a PIN yet, so nobody can override anything.
        Forbidden: no PIN or a wrong one was given.
        TooManyRequests: this device has given too many wrong PINs.
        Unavailable: too many PINs are being verified at this moment.
    """
    supervisors = _supervisors(database)
    if not supervisors:
        raise NoPins("nobody has a PIN yet: an organiser makes supervisors' PINs on the page /pins")
    if pin is None:
        raise Forbidden("an override needs a supervisor's PIN")
    tried = limits.reserve((PINS, str(device.id)))
    try:
        found = _supervisor_with(supervisors, pin)
    except Unavailable:
        tried.give_back()
        raise
    if found is None:
        in_transaction(database, partial(_note_wrong_pin, device=device, now=now))
        raise Forbidden("this is no supervisor's PIN")
    tried.give_back()
    return found


def supervisor_claimed(
    database: Database, limits: Limits, pin: str | None, device: PairedDevice, now: datetime
) -> int | None:
    """Return the supervisor whose PIN an uploaded scan gives; None where it names nobody.

    What happened at the gate is never refused: without a name the rules decide as if nothing had
    been forced, and whoever was let in against them is a conflict.

    Raises:
        Unavailable: too many PINs are being verified at this moment.
    """
    try:
        return supervisor_with_pin(database, limits, pin, device, now)
    except (Forbidden, TooManyRequests):
        return None


def note_override(
    connection: Connection, device: PairedDevice, reading: Reading, answer: Answer
) -> None:
    """Add an override to the activity log: who, for whom, at which gate, against which reason."""
    note_on(
        connection,
        device.event_id,
        "scan.override",
        reading.received_at,
        operator_id=reading.forced_by,
        device_id=device.id,
        participant_id=answer.holder and answer.holder.participant_id,
        details={"gate": device.gate_name, "overridden": answer.overridden},
    )


@dataclass(frozen=True, slots=True)
class Override:
    """An entry that a supervisor authorised.

    Attributes:
        at: when the badge was read, corrected for the device's clock.
        supervisor: None for an override of the time before PINs were asked for.
        why: the supervisor's reason, in their words.
        overridden: the reason to refuse that was set aside; None where it was not recorded.
        counted: it counted the person in, who was not inside already.
    """

    at: datetime
    person: Participant
    delegation: Delegation
    gate: str
    device: str
    supervisor: str | None
    why: str
    overridden: Reason | None
    counted: bool


def overrides_of(session: Session, event_id: int) -> Sequence[Override]:
    """Return an event's overrides that were not taken back, the latest first."""
    counted = exists().where(Admission.scan_pk == Scan.id, Admission.annulled_at.is_(None))
    query = (
        select(Scan, Participant, Delegation, Gate.name.label("gate"), Device.name.label("device"))
        .add_columns(Operator.name.label("supervisor"), counted.label("counted"))
        .join(Participant, Participant.id == Scan.participant_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(Operator, Operator.id == Scan.forced_by)
    )
    # They are few, and sorted here: for an order SQLite would read every scan in an index of times.
    rows = session.execute(_that_let_in(query, event_id)).all()
    latest = sorted(rows, key=lambda row: (row.Scan.corrected_at, row.Scan.id), reverse=True)
    return [_override(row) for row in latest]


def count_overridden(session: Session, event_id: int) -> int:
    """Return how many people supervisors let in, each of them once."""
    people = select(func.count(Scan.participant_id.distinct()))
    count: int = session.scalars(_that_let_in(people, event_id)).one()
    return count


def _that_let_in(query: Select[Any], event_id: int) -> Select[Any]:
    return query.where(
        Scan.event_id == event_id,
        Scan.forced,
        Scan.direction == Direction.ENTRY,
        Scan.status == Status.OK,
        Scan.annulled_at.is_(None),
    )


def _override(row: Any) -> Override:
    scan = row.Scan
    return Override(
        at=scan.corrected_at,
        person=row.Participant,
        delegation=row.Delegation,
        gate=row.gate,
        device=row.device,
        supervisor=row.supervisor,
        why=scan.force_reason,
        overridden=Reason(scan.overridden) if scan.overridden else None,
        counted=row.counted,
    )


def _supervisors(database: Database) -> Sequence[Any]:
    with database.read() as session:
        return session.execute(select(Operator.id, Operator.pin_hash).where(*HAS_PIN)).all()


def _supervisor_with(supervisors: Sequence[Any], pin: str) -> int | None:
    matching = (one.id for one in supervisors if secret_matches(one.pin_hash, pin))
    return next(matching, None)


def _note_wrong_pin(session: Session, device: PairedDevice, now: datetime) -> None:
    note(
        session,
        device.event_id,
        "scan.pin_failed",
        now,
        device_id=device.id,
        gate=device.gate_name,
    )
