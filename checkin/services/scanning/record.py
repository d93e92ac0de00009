"""Record scans, live or uploaded later: decide each one, store it, and count the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from checkin.db.engine import Database, in_core_transaction, require_transaction
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.scanning.facts import ScanFacts
from checkin.domain.scanning.leases import CLOCK_ERROR, with_loan
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import (
    Admitted,
    Consequence,
    Refused,
    Status,
    Verdict,
    consequence,
    decide,
)
from checkin.errors import InvalidRequest, ScanIdConflict
from checkin.services.common.keys import Keys
from checkin.services.common.locks import queue_admissions, queue_uploads
from checkin.services.common.outside_events import rfc3339, tell_webhooks
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.conflicts import note_conflict
from checkin.services.scanning.counting import count_refusal, leave, leave_as_uploaded
from checkin.services.scanning.facts import CHUNK, UNKNOWN, Holder, Place, scan_facts
from checkin.services.scanning.lease_use import NO_USE, lease_use_of, record_lease_use
from checkin.services.scanning.lost_registrations import note_lost_registration, was_there
from checkin.services.scanning.overrides import note_override
from checkin.services.scanning.repeats import repeat
from checkin.services.scanning.storage import Answer, Reading
from checkin.services.scanning.without_badge import admits_without_badge, note_without_badge
from checkin.services.scanning.writing import write_scan


def record_scan(
    connection: Connection, device: PairedDevice, reading: Reading, keys: Keys
) -> Answer:
    """Decide one scan, store it, and count the person if they are admitted.

    The scan is inserted before anything is counted: its unique scan_id makes a repetition wait
    for the first to finish, and then take that one's answer.

    Raises:
        ScanIdConflict: this scan_id was used for another scan.
    """
    facts, holder = scan_facts(
        connection,
        device,
        reading.name,
        direction=reading.direction,
        forced=reading.is_forced,
        now=reading.received_at,
        at=reading.at,
        is_decided=reading.decided is not None,
        leased=reading.lease_id is not None,
        supervised=reading.forced_by is not None,
    )
    if reading.acknowledged and not was_there(connection, holder, reading):
        facts, holder = UNKNOWN, None
    lease_use = lease_use_of(connection, device, reading, facts, holder) if holder else NO_USE
    facts = with_loan(facts, lease_use.loan)
    verdict = _verdict(facts, device, reading)
    change = consequence(facts, verdict, let_in=_let_in_offline(reading))
    if lease_use.places and change.entry_no == 1:
        change = replace(change, on_loan=True)
    holder = holder if facts.same_event else None  # another event's people are not ours to show
    answer = _answer(device, reading, verdict, change, holder)
    answer = answer.with_opening(device, reading.at, facts.gate_id, facts.category_id)
    late = change.entry_no is not None and reading.received_at - reading.at > CLOCK_ERROR
    is_logged = answer.overridden or admits_without_badge(reading, answer)
    tells = device.tells_arrivals and change.entry_no == 1
    if late or lease_use != NO_USE or is_logged or tells or not change.only_admits:
        require_transaction(connection)
    scan_pk = write_scan(connection, device, reading, keys, answer, change)
    if scan_pk is None:
        return repeat(connection, device, reading)
    answer = replace(answer, number=scan_pk)
    _apply(connection, device, reading, change, answer, scan_pk, late=late)
    if change.entry_no is not None:
        record_lease_use(connection, lease_use)
    if tells and holder is not None:
        _tell_of_arrival(connection, device, reading, holder)
    return answer


def _tell_of_arrival(
    connection: Connection, device: PairedDevice, reading: Reading, holder: Holder
) -> None:
    tell_webhooks(
        connection,
        device.event_id,
        WebhookKind.ARRIVED,
        reading.received_at,
        participant_id=holder.participant_id,
        delegation_id=holder.delegation_id,
        gate_id=device.gate_id,
        day=device.day_at(reading.at),
        arrived_at=rfc3339(reading.at),
    )


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A reading that was decided before it came, and the device that made it."""

    device: PairedDevice
    reading: Reading


#: told what became of the readings of each transaction, in it
Recorded = Callable[[Connection, Sequence["Answer | ScanIdConflict"]], object]


def record_batch(
    database: Database, device: PairedDevice, readings: Sequence[Reading], keys: Keys
) -> list[Answer | ScanIdConflict]:
    """Record what a device decided offline: see `record_uploads`."""
    return record_uploads(database, [Uploaded(device, one) for one in readings], keys)


def record_uploads(
    database: Database,
    uploads: Sequence[Uploaded],
    keys: Keys,
    *,
    also: Recorded = lambda _connection, _answers: None,
) -> list[Answer | ScanIdConflict]:
    """Record what devices of one event decided offline, a few scans in each transaction.

    No scan is refused for what a device decided: contradictions are stored as conflicts. What is
    committed stays when a later transaction fails; everything is then sent again, and scans that
    are already stored are recognised.

    Args:
        also: what else is written with the answers of each transaction.
    """
    answers: list[Answer | ScanIdConflict] = []
    for start in range(0, len(uploads), CHUNK):
        chunk = uploads[start : start + CHUNK]
        answers += in_core_transaction(database, partial(_record_chunk, chunk, keys, also))
    return answers


def _record_chunk(
    chunk: Sequence[Uploaded], keys: Keys, also: Recorded, connection: Connection
) -> list[Answer | ScanIdConflict]:
    answers: list[Answer | ScanIdConflict] = []
    event_id = chunk[0].device.event_id
    queue_uploads(connection, event_id)
    if any(one.reading.lease_id for one in chunk):
        # Before any row is written: two uploads that did so later would wait for one another.
        queue_admissions(connection, event_id)
    for one in chunk:
        try:
            answers.append(record_scan(connection, one.device, one.reading, keys))
        except ScanIdConflict as fault:  # nothing was written for it: the others go on
            answers.append(fault)
    also(connection, answers)
    return answers


def force_reason_of(*, force: bool | None, reason: str | None) -> str | None:
    """Return the reason of an override, or None where nothing is forced.

    Raises:
        InvalidRequest: the override has no reason.
    """
    if not force:
        return None
    if reason is None or not reason.strip():
        raise InvalidRequest("force needs a force_reason: say why the person may enter")
    return reason.strip()


def _verdict(facts: ScanFacts, device: PairedDevice, reading: Reading) -> Verdict:
    decided = reading.decided
    if decided is not None and decided.status == Status.ERROR:
        # The person was turned away: that is what happened, whatever we would have said.
        return Refused(decided.reason or Reason.INVALID)
    policy = device.policy_at(reading.at)
    if decided is not None and policy.stopped:
        # A stop is an order to gates that hear it. It says nothing about what happened meanwhile
        # at one that did not, and is lifted by the time that many of these arrive.
        policy = replace(policy, stopped=False)
    return decide(facts, reading.at, policy)


def _let_in_offline(reading: Reading) -> bool:
    return reading.decided is not None and reading.decided.status == Status.OK


def _answer(
    device: PairedDevice,
    reading: Reading,
    verdict: Verdict,
    change: Consequence,
    holder: Holder | None,
) -> Answer:
    first = holder.first if holder else None
    if holder and change.entry_no == 1:
        holder = holder._replace(arrived=holder.arrived + 1)
        first = Place(reading.at, device.gate_id, device.gate_name, device.gate_name_ar)
    return Answer(
        scan_id=reading.scan_id,
        status=verdict.status,
        reason=verdict.reason,
        direction=reading.direction,
        holder=holder,
        first=first,
        overridden=next(iter(verdict.overridden), None) if isinstance(verdict, Admitted) else None,
        conflict=change.conflict,
    )


def _apply(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    change: Consequence,
    answer: Answer,
    scan_pk: int,
    *,
    late: bool,
) -> None:
    if answer.overridden:
        note_override(connection, device, reading, answer)
    if admits_without_badge(reading, answer):
        note_without_badge(connection, device, reading, answer)
    if change.refusal:
        count_refusal(connection, device, reading.at, day=device.day_at(reading.at))
    if answer.holder is None and reading.delegation_id is not None:
        note_lost_registration(connection, device, reading, scan_pk)
    if change.conflict:
        note_conflict(connection, device, reading, answer.reason, answer.holder, scan_pk)
    if change.leaves and answer.holder is not None:
        leave(connection, device, reading, answer.holder, scan_pk=scan_pk)
    if late and answer.holder is not None:
        leave_as_uploaded(connection, device, answer.holder, since=reading.at, scan_pk=scan_pk)
