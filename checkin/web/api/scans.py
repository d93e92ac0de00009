"""Scans: one, many, and taking one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response

from checkin.db.engine import Database, in_shortest_transaction, in_transaction
from checkin.domain.people.flags import ShownFlag
from checkin.domain.scanning.facts import Direction, WithoutBadge
from checkin.domain.scanning.hall import Stop
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.next_steps import Step, act_message, moment_text
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source
from checkin.errors import ScanIdConflict
from checkin.protocol.epochs import COUNTER, Counter
from checkin.protocol.time_zones import time_zone
from checkin.services.gates.authentication import try_to_mark_seen
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.kiosks import refuse_in_kiosk
from checkin.services.hub.strangers import check_known, recordable
from checkin.services.limits.limits import Limits
from checkin.services.people.flags import flags_at_gates
from checkin.services.scanning.annul import annul_again, annul_scan
from checkin.services.scanning.next_steps import next_step
from checkin.services.scanning.overrides import supervisor_claimed, supervisor_with_pin
from checkin.services.scanning.record import force_reason_of, record_batch, record_scan
from checkin.services.scanning.rehearsal import rehearse
from checkin.services.scanning.storage import Answer, Decided, Reading
from checkin.web.api.bodies.scan_bodies import (
    AnnulReply,
    AnnulRequest,
    BatchReply,
    BatchRequest,
    LiveScan,
    ScanReply,
    ScanRequest,
)
from checkin.web.api.bodies.verdict_bodies import first_admission_body, next_step_body
from checkin.web.api.budget import may_be_named, show_scanned
from checkin.web.api.clocks import live_moment, milliseconds, shifted
from checkin.web.api.contract import (
    accepts,
    check_epoch,
    current_device,
    for_devices,
    language,
    now,
    returns,
    sign_answer,
)
from checkin.web.api.offers import Offers
from checkin.web.api.practice import practice_body, practice_result
from checkin.web.api.supervisors import supervisor_of
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.state import marhaba

bp = APIBlueprint("scans", __name__, tag="Scans")

_offers = Offers()


@bp.post("/scans")
@returns(bp, ScanReply, 200, 400, 401, 403, 409, 413, 429)
@for_devices
@accepts(bp, LiveScan)
def create_scan(body: LiveScan) -> Response:
    """Record one scan and decide it. A refusal is a 200 too."""
    check_epoch()  # a later number of this scan would hide what the device has seen before it
    device, at, state = current_device(), now(), marhaba()
    if body.force or body.participant_id is not None or body.type == Direction.EXIT:
        refuse_in_kiosk(device)
    is_told = _is_told(body)
    read_at, skew = live_moment(body.scanned_at, body.device_time, at)
    forced_by = _answers_for(body, supervisor_with_pin, at)
    reading = reading_of(
        body, at=read_at, received_at=at, skew_ms=milliseconds(skew), forced_by=forced_by
    )
    if (practised := rehearse(device, reading, state.keys)) is not None:
        return json_response(practice_body(practised, language(), at))
    if state.central_url and body.listed:
        check_known(state.database, reading)
    work = partial(record_scan, device=device, reading=reading, keys=state.keys)
    answer = in_shortest_transaction(state.database, work)
    state.live.nudge(device.event_id)  # only after the commit
    is_named = reading.shows_code or is_told
    response = json_response(_scan_body(answer if is_named else answer.nameless(), at))
    return counted(response, [answer])


@bp.post("/scans/batch")
@returns(bp, BatchReply, 200, 400, 401, 403, 413, 429)
@for_devices
@accepts(bp, BatchRequest)
def create_scans(body: BatchRequest) -> Response:
    """Record scans that were decided offline. History is never refused; contradictions are told."""
    if body.scans and all(scan.acknowledged for scan in body.scans):
        with _offers.turn():
            return _record_offline(body)
    return _record_offline(body)


def _record_offline(body: BatchRequest) -> Response:
    check_epoch()
    device, at = current_device(), now()
    skew = at - body.device_time
    skew_ms = milliseconds(skew)
    readings = [
        reading_of(
            scan,
            at=min(shifted(scan.scanned_at, skew), at),
            received_at=at,
            skew_ms=skew_ms,
            forced_by=_answers_for(scan, supervisor_claimed, at),
            decided=Decided(scan.decided.status, scan.decided.reason),
            lease_id=scan.lease_id,
            delegation_id=scan.delegation_id,
            acknowledged=scan.acknowledged,
        )
        for scan in body.scans
    ]
    state = marhaba()
    answered = [(reading, rehearse(device, reading, state.keys)) for reading in readings]
    practised = [answer for _, answer in answered if answer is not None]
    readings = [reading for reading, answer in answered if answer is None]
    if state.central_url:
        readings = recordable(state.database, readings, at)
    annulled = [scan.scan_id for scan in body.scans if scan.acknowledged and scan.annulled]
    # First what was taken back: else who was let in again since would be in already.
    readings.sort(key=lambda reading: reading.scan_id not in annulled)
    until = sum(reading.scan_id in annulled for reading in readings)
    answers = record_batch(state.database, device, readings[:until], state.keys)
    if annulled:
        take_back_again = partial(annul_again, device=device, scan_ids=annulled, now=at)
        in_transaction(state.database, take_back_again)
    answers += record_batch(state.database, device, readings[until:], state.keys)
    try_to_mark_seen(state.database, device.id, at, skew_ms=skew_ms)
    state.live.nudge(device.event_id)
    sign_answer()  # a result may say that a scan will never be taken
    results = [
        batch_result(reading, answer) for reading, answer in zip(readings, answers, strict=True)
    ] + [practice_result(answer) for answer in practised]
    response = json_response({"results": results, "server_time": utc_text(now())})
    return counted(response, [one for one in answers if isinstance(one, Answer)])


def counted(response: Response, answers: Sequence[Answer]) -> Response:
    """Add the highest number in the log that an answer acknowledges."""
    numbered = [Counter(one.number, one.scan_id) for one in answers if one.number is not None]
    if numbered:
        response.headers[COUNTER] = max(numbered, key=lambda one: one.number).text()
    return response


@bp.post("/scans/<uuid:scan_id>/annul")
@returns(bp, AnnulReply, 200, 400, 401, 403, 404, 409, 413, 429)
@for_devices
@accepts(bp, AnnulRequest)
def annul(scan_id: UUID, body: AnnulRequest) -> Response:
    """Take a scan back: the same device within 15 minutes, or a supervisor with a PIN."""
    device, state = current_device(), marhaba()
    refuse_in_kiosk(device)
    pin = body.supervisor_pin
    supervisor = None if pin is None else supervisor_of(pin)
    work = partial(
        annul_scan,
        event_id=device.event_id,
        scan_id=scan_id,
        reason=body.reason,
        now=now(),
        device_id=device.id,
        supervisor_id=supervisor,
    )
    scan = in_transaction(state.database, work)
    state.live.nudge(device.event_id)
    return json_response(
        {
            "scan_id": str(scan_id),
            "annulled_at": utc_text(scan.annulled_at),
            "server_time": utc_text(now()),
        }
    )


def _is_told(body: LiveScan) -> bool:
    """Say whether the device may hear who a person without a badge is.

    Raises:
        SearchNotAllowed, SearchClosed, SearchBudget: it names somebody as found by a search who was
            not, and may not be shown them.
    """
    if body.participant_id is None:
        return False
    if body.source == Source.SEARCH:
        show_scanned(body.participant_id)
    return may_be_named(body.participant_id)


def reading_of(
    scan: ScanRequest,
    *,
    at: datetime,
    received_at: datetime,
    skew_ms: int,
    forced_by: int | None,
    decided: Decided | None = None,
    lease_id: UUID | None = None,
    delegation_id: int | None = None,
    acknowledged: bool = False,
) -> Reading:
    """Return what a body says of a reading, with what the server knows of it."""
    return Reading(
        scan_id=scan.scan_id,
        code=scan.code or "",
        badge_ref=None if scan.badge_ref is None else bytes.fromhex(scan.badge_ref),
        participant_id=scan.participant_id,
        direction=scan.type,
        source=scan.source,
        scanned_at=scan.scanned_at,
        at=at,
        received_at=received_at,
        skew_ms=skew_ms,
        force_reason=force_reason_of(force=scan.force, reason=scan.force_reason),
        forced_by=forced_by,
        decided=decided,
        lease_id=lease_id,
        delegation_id=delegation_id,
        acknowledged=acknowledged,
    )


#: returns who a PIN names, as one of the two in `checkin.services.scanning.overrides`
_Naming = Callable[[Database, Limits, str | None, PairedDevice, datetime], int | None]


def _answers_for(scan: ScanRequest, named_by: _Naming, at: datetime) -> int | None:
    """Return who answers for a scan; None where nothing takes a supervisor, or nobody is named."""
    is_forced = force_reason_of(force=scan.force, reason=scan.force_reason) is not None
    if not (is_forced or _is_let_in_by_pin(scan)):
        return None
    state = marhaba()
    return named_by(state.database, state.limits, scan.supervisor_pin, current_device(), at)


def _is_let_in_by_pin(scan: ScanRequest) -> bool:
    """Say whether the scan gives a PIN to admit a person without a badge."""
    is_asked = current_device().policy.without_badge == WithoutBadge.SUPERVISORS
    return is_asked and scan.participant_id is not None and scan.supervisor_pin is not None


def _told(answer: Answer) -> tuple[Step | None, list[ShownFlag]]:
    """Return a refusal's next step, and the person's flags.

    Who is let in and has no flag waits for no other question to the database.
    """
    flags, device = answer.holder.flags if answer.holder else None, current_device()
    if answer.reason is None and flags is None:
        return None, []
    with marhaba().database.reading() as connection:
        return (
            next_step(connection, device, answer),
            flags_at_gates(connection, device.event_id, flags),
        )


def _scan_body(answer: Answer, at: datetime) -> dict[str, Any]:
    holder, first, stop = answer.holder, answer.first, _stop_of(answer)
    step, flags = _told(answer)
    return {
        "scan_id": str(answer.scan_id),
        "status": answer.status,
        "reason": answer.reason,
        "message": _message(answer, step, at),
        "participant": holder
        and {
            "id": holder.participant_id,
            "name": holder.name,
            "name_ar": holder.name_ar,
            "category": holder.category,
            "category_ar": holder.category_ar,
        },
        "delegation": holder
        and {
            "id": holder.delegation_id,
            "name": holder.delegation,
            "name_ar": holder.delegation_ar,
            "arrived": holder.arrived,
            "quota": holder.quota,
        },
        "first_admission": first_admission_body(first),
        "next_step": next_step_body(step),
        "flags": [flag.body() for flag in flags],
        "opens_at": utc_text(answer.opening.at),
        "replayed": answer.replayed,
        "server_time": utc_text(at),
    } | ({"stop": stop.messages} if stop else {})


def _stop_of(answer: Answer) -> Stop | None:
    return current_device().stop if answer.reason == Reason.INVALID_TIME else None


def _message(answer: Answer, step: Step | None, at: datetime) -> str:
    stop = _stop_of(answer)
    if stop is not None:
        return stop.message(language())
    act = _act(step, at) if step else ""
    return verdict_message(answer.status, answer.reason, language(), answer.direction, act=act)


def _act(step: Step, at: datetime) -> str:
    zone = time_zone(current_device().timezone)
    return act_message(step, language(), time=moment_text(step.at, zone, at) if step.at else "")


def batch_result(reading: Reading, answer: Answer | ScanIdConflict) -> dict[str, Any]:
    """Write what became of one scan that was decided before it came."""
    if isinstance(answer, ScanIdConflict):
        return {
            "scan_id": str(reading.scan_id),
            "status": "error",
            "reason": "invalid",
            "conflict": True,
            "replayed": False,
            "error": answer.code,
        }
    return {
        "scan_id": str(answer.scan_id),
        "status": answer.status,
        "reason": answer.reason,
        "conflict": answer.conflict,
        "replayed": answer.replayed,
        "error": None,
    }
