"""Hubs: they are paired, hold an event's mirror, and bring what happens in the hall."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from checkin.db.engine import in_transaction
from checkin.domain.accounts.browsers import client_of
from checkin.errors import InvalidRequest, NotFound, Unauthenticated, WalkInIdConflict
from checkin.protocol.base64url import text_of
from checkin.protocol.gate_list import public_key_text
from checkin.services.events.events import category_names
from checkin.services.gates.leases import grant_lease, return_lease
from checkin.services.hubs.arrivals import arrivals_since
from checkin.services.hubs.certificates import certificate_of, certificates_of
from checkin.services.hubs.devices import NamedDevice, local_devices
from checkin.services.hubs.mirror import FORMAT, mirror_of, pages_with
from checkin.services.hubs.mirrored import TABLES
from checkin.services.hubs.pairing import HubSelf, pair_hub
from checkin.services.hubs.reports import Report, record_report
from checkin.services.hubs.revocation import confirm_hub_wipe
from checkin.services.hubs.scans import record_of_hub, who_answers
from checkin.services.hubs.walk_ins import (
    BroughtWalkIn,
    TakenBack,
    annul_of_hub,
    register_of_hub,
)
from checkin.services.limits.rules import PAIRING
from checkin.services.scanning.storage import Answer, Decided, Reading
from checkin.services.scanning.walk_ins import Newcomer
from checkin.web.api.bodies.hub_bodies import (
    BroughtScan,
    HubAnnulmentsReply,
    HubAnnulmentsRequest,
    HubArrivalsQuery,
    HubArrivalsReply,
    HubDeviceName,
    HubLeaseRequest,
    HubPairReply,
    HubPairRequest,
    HubReport,
    HubReportReply,
    HubScansReply,
    HubScansRequest,
    HubsReply,
    HubWalkIn,
    HubWalkInsReply,
    HubWalkInsRequest,
    MirrorPagesReply,
    MirrorPagesRequest,
    MirrorReply,
)
from checkin.web.api.bodies.lease_bodies import LeaseReply, LeaseReturned, ReturnQuery
from checkin.web.api.bodies.schemas import (
    GateListReply,
    ListQuery,
    WalkIn,
    WipedReply,
    WipedRequest,
)
from checkin.web.api.clocks import milliseconds, shifted
from checkin.web.api.contract import (
    accepts,
    check_epoch,
    current_device,
    describes_query,
    for_devices,
    now,
    query,
    returns,
    sign_answer,
    token_of_request,
)
from checkin.web.api.hubs.hub_access import (
    current_hub,
    for_hubs,
    for_hubs_that_bring,
    for_hubs_that_end,
)
from checkin.web.api.leases import lease_body, lease_named
from checkin.web.api.lists import gate_list_response
from checkin.web.api.people import named_by, registration_of
from checkin.web.api.scans import batch_result, counted, reading_of
from checkin.web.site.json import json_response, json_text, utc_text
from checkin.web.site.permissions import HUB, open_to
from checkin.web.site.state import marhaba

bp = APIBlueprint("hubs", __name__, tag="Hubs")

_KEY_BYTES = 32


@bp.post("/hubs/pair")
@open_to(HUB)
@returns(bp, HubPairReply, 201, 400, 401, 409, 413, 429)
@accepts(bp, HubPairRequest)
def pair(body: HubPairRequest) -> Response:
    """Exchange a code for a hub's token; the code works once, for 10 minutes."""
    state, at = marhaba(), now()
    told = HubSelf(body.name, body.software, body.public_key, body.authority, body.addresses)
    try:
        made = pair_hub(state.database, code=body.pairing_code, told=told, now=at)
    except Unauthenticated:
        # Counted afterwards, so that a right code always pairs.
        state.limits.reserve((PAIRING, client_of(request.remote_addr)))
        raise
    event, hub = made.event, made.hub
    opener = state.keys.hub_walk_in_opener(event.slug, hub.public_key)
    return json_response(
        {
            "hub_id": hub.id,
            "hub_token": made.token,
            "event": {"slug": event.slug, "name": event.name, "timezone": event.timezone},
            "walk_in_key": text_of(opener.private_numbers().private_value.to_bytes(_KEY_BYTES)),
            "certificate": certificate_of(event, hub, state.keys, at),
            "list_public_key": public_key_text(state.keys.list_signer(event.slug)),
            "server_time": utc_text(now()),
        },
        201,
    )


@bp.get("/hubs")
@returns(bp, HubsReply, 200, 401)
@for_devices
def read_hubs() -> Response:
    """Return the certificates of the event's hubs, by which this device may talk to them."""
    check_epoch()
    state, device = marhaba(), current_device()
    with state.database.read() as session:
        hubs = certificates_of(session, device.event_id, state.keys, now())
    key = public_key_text(state.keys.list_signer(device.event_slug))
    return json_response({"hubs": list(hubs), "public_key": key})


@bp.get("/hub/mirror")
@returns(bp, MirrorReply, 200, 401)
@for_hubs
@bp.doc(responses={304: "Nothing has changed."})
def read_mirror() -> Response:
    """Return the marks of the pages of the event's tables."""
    hub, state = current_hub(), marhaba()
    with state.database.read() as session:
        mirror = mirror_of(session, hub.event_id, hub.id, state.mirror_marks)
    body = {
        "version": FORMAT,
        "cursor": str(mirror.cursor),
        "tables": dict(mirror.tables),
        "arrivals": mirror.arrivals,
    }
    etag = hashlib.sha256(f"{hub.device.epoch} {json_text(body)}".encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = json_response(body)
    response.set_etag(etag)
    return response


@bp.post("/hub/mirror/pages")
@returns(bp, MirrorPagesReply, 200, 400, 401, 404, 413)
@for_hubs
@accepts(bp, MirrorPagesRequest)
def read_pages(body: MirrorPagesRequest) -> Response:
    """Return pages of a table by their marks; one that has changed comes under its new mark."""
    hub, state, table = current_hub(), marhaba(), TABLES.get(body.table)
    if table is None:
        raise NotFound(f"table: no hub is told of {body.table!r}")
    with state.database.read() as session:
        pages = pages_with(session, hub.event_id, hub.id, table, body.marks, state.mirror_marks)
    return json_response(
        {
            "pages": [
                {"mark": page.mark, "columns": list(page.columns), "rows": page.rows}
                for page in pages
            ]
        }
    )


@bp.get("/hub/arrivals")
@returns(bp, HubArrivalsReply, 200, 400, 401)
@describes_query(bp, HubArrivalsQuery)
@for_hubs
def read_arrivals() -> Response:
    """Return the entries and exits that others recorded, and what was taken back."""
    hub, state, asked, at = current_hub(), marhaba(), query(HubArrivalsQuery), now()
    with state.database.read() as session:
        found = arrivals_since(
            session,
            hub.event_id,
            hub.id,
            since=asked.since,
            most=asked.most,
            settled=state.settled_numbers,
            annulled_since=asked.annulled_since,
        )
    return json_response(
        {
            "scans": [_arrival_body(scan) for scan in found.scans],
            "next": found.next,
            "annulled": [
                {"scan_id": str(one.scan_id), "annulled_at": utc_text(one.annulled_at)}
                for one in found.annulled
            ],
            "server_time": utc_text(at),
        }
    )


@bp.get("/hub/gate-list")
@returns(bp, GateListReply, 200, 400, 401)
@describes_query(bp, ListQuery)
@for_hubs
@bp.doc(responses={304: "Nothing has changed."})
def read_gate_list() -> Response:
    """Return the signed gate list, as devices get it: a hub hands it on."""
    return gate_list_response(current_hub().device)


@bp.post("/hub/scans")
@returns(bp, HubScansReply, 200, 400, 401, 413)
@for_hubs_that_bring
@accepts(bp, HubScansRequest)
def create_scans(body: HubScansRequest) -> Response:
    """Record scans that were decided at the hub. History is never refused."""
    hub, at, state = current_hub(), now(), marhaba()
    skew = at - body.hub_time
    with state.database.read() as session:
        claimed = [one.forced_by for one in body.scans if one.forced_by is not None]
        supervisors = who_answers(session, claimed)
    brought = [
        (named_device(scan.device), _reading(scan, skew, at, supervisors)) for scan in body.scans
    ]
    recorded = record_of_hub(state.database, hub, brought, state.keys, at)
    state.live.nudge(hub.event_id)
    with state.database.read() as session:
        local = local_devices(session, hub.id)
    sign_answer()  # a result may say that a scan will never be taken
    response = json_response(
        {
            "results": [batch_result(reading, answer) for reading, answer in recorded],
            "devices": [{"local_id": one, "device_id": local[one]} for one in sorted(local)],
            "server_time": utc_text(now()),
        }
    )
    return counted(response, [one for _, one in recorded if isinstance(one, Answer)])


@bp.post("/hub/walk-ins")
@returns(bp, HubWalkInsReply, 200, 400, 401, 413)
@for_hubs_that_bring
@accepts(bp, HubWalkInsRequest)
def create_walk_ins(body: HubWalkInsRequest) -> Response:
    """Register who was registered at the hub, on places that it was lent while it has some left."""
    hub, state = current_hub(), marhaba()
    with state.database.read() as session:
        categories = {one.name for one in category_names(session, hub.event_id)}
    results = [_registered(walk_in, categories) for walk_in in body.walk_ins]
    state.live.nudge(hub.event_id)
    return json_response({"results": results, "server_time": utc_text(now())})


@bp.post("/hub/annulments")
@returns(bp, HubAnnulmentsReply, 200, 400, 401, 413)
@for_hubs_that_bring
@accepts(bp, HubAnnulmentsRequest)
def annul(body: HubAnnulmentsRequest) -> Response:
    """Take scans back as the devices that made them. Again changes nothing."""
    hub, state = current_hub(), marhaba()
    asked = [TakenBack(one.scan_id, one.reason) for one in body.annulments]
    done = annul_of_hub(state.database, hub, asked, now())
    state.live.nudge(hub.event_id)
    results = [
        {"scan_id": str(scan_id), "annulled": fault is None, "error": fault and fault.code}
        for scan_id, fault in done
    ]
    return json_response({"results": results, "server_time": utc_text(now())})


@bp.post("/hub/lease")
@returns(bp, LeaseReply, 200, 400, 401, 413)
@for_hubs
@accepts(bp, HubLeaseRequest)
def grant(body: HubLeaseRequest) -> Response:
    """Lend the hub all places that may be lent, for a day; bring what was admitted before."""
    hub = current_hub()
    lease = in_transaction(
        marhaba().database,
        lambda session: grant_lease(session, hub.device, now=now(), held=body.held, to_hub=True),
    )
    opener = marhaba().keys.hub_walk_in_opener(hub.event_slug, hub.public_key)
    return json_response(lease_body(lease, opener))


@bp.delete("/hub/lease")
@returns(bp, LeaseReturned, 200, 400, 401)
@for_hubs_that_bring
@describes_query(bp, ReturnQuery)
def give_back() -> Response:
    """Give back what the hub was lent; its unused places are free at once."""
    hub, lease_id = current_hub(), lease_named(request.args.get("lease_id"))
    ended = in_transaction(
        marhaba().database,
        lambda session: return_lease(session, hub.device, now=now(), lease_id=lease_id),
    )
    return json_response(
        {"lease_id": str(ended) if ended else None, "server_time": utc_text(now())}
    )


@bp.post("/hub/report")
@returns(bp, HubReportReply, 200, 400, 401, 413)
@for_hubs_that_bring
@accepts(bp, HubReport)
def report(body: HubReport) -> Response:
    """Say what organisers are shown of the hub; its certificate names the addresses from now on."""
    hub, at, state = current_hub(), now(), marhaba()
    told = Report(
        addresses=body.addresses,
        software=body.version,
        epoch=body.epoch,
        scans_waiting=body.counts.scans_waiting,
        walk_ins_waiting=body.counts.walk_ins_waiting,
        gates=body.model_dump(mode="json")["gates"],
        lifted_stops=body.lifted_stops,
    )
    work = partial(record_report, hub_id=hub.id, report=told, now=at)
    row, event, is_lifted = in_transaction(state.database, work)
    if is_lifted:
        state.devices.forget()
        state.live.nudge(event.id)
    certificate = certificate_of(event, row, state.keys, at)
    return json_response({"certificate": certificate, "server_time": utc_text(now())})


@bp.post("/hub/wiped")
@returns(bp, WipedReply, 200, 400, 401, 413)
@for_hubs_that_end
@accepts(bp, WipedRequest)
def wiped(body: WipedRequest) -> Response:  # noqa: ARG001 (what it may hold is checked)
    """Say that this hub has brought and erased what it held, and ends; again changes nothing."""
    token, at, state = token_of_request(), now(), marhaba()
    wiped_at = in_transaction(state.database, lambda s: confirm_hub_wipe(s, token, now=at))
    state.devices.forget()
    return json_response({"wiped_at": utc_text(wiped_at), "server_time": utc_text(at)})


def _registered(told: HubWalkIn, categories: Collection[str]) -> dict[str, Any]:
    body: dict[str, Any] = dict.fromkeys(
        (
            *("participant_id", "badge_id", "badge_ref", "standing", "reserve_no"),
            *("error", "detail"),
        )
    )
    body |= {"walk_in_id": str(told.walk_in_id), "replayed": False}
    hub, state = current_hub(), marhaba()
    try:
        brought = BroughtWalkIn(named_device(told.device), _newcomer(told, categories))
        made = register_of_hub(state.database, hub, brought, state.keys, now())
    except (InvalidRequest, NotFound, WalkInIdConflict) as fault:
        return body | {"error": fault.code, "detail": fault.detail}
    registered = made.answer.registered
    return body | {
        "participant_id": registered.participant_id,
        "badge_id": str(registered.badge_id),
        "badge_ref": made.badge_ref.hex(),
        "standing": registered.standing,
        "reserve_no": registered.reserve_no,
        "replayed": made.answer.replayed,
    }


def _newcomer(told: HubWalkIn, categories: Collection[str]) -> Newcomer:
    person = WalkIn(
        id=told.walk_in_id,
        name=told.name,
        name_ar=told.name_ar,
        delegation_id=told.delegation_id,
        category=told.category if told.category in categories else None,
        email=told.email,
        phone=told.phone,
        language=told.language,
    )
    registration = registration_of(person, current_hub().device.language)
    return Newcomer(
        registration,
        told.delegation_id,
        named_by(person),
        admitted_offline=told.admitted_offline,
    )


def named_device(body: HubDeviceName) -> NamedDevice:
    """Return how a hub names a device."""
    return NamedDevice(body.id, body.local_id, body.name, body.gate_id)


def _reading(scan: BroughtScan, skew: Any, at: Any, supervisors: Any) -> Reading:
    read_at = min(shifted(scan.corrected_at, skew), at)
    reading = reading_of(
        scan,
        at=read_at,
        received_at=at,
        skew_ms=milliseconds(read_at - scan.scanned_at),
        forced_by=supervisors.get(scan.forced_by),
        decided=Decided(scan.decided.status, scan.decided.reason),
        lease_id=scan.lease_id,
        delegation_id=scan.delegation_id,
        acknowledged=scan.acknowledged,
    )
    if scan.sent_hash is None:
        return reading
    return replace(reading, sent_hash=bytes.fromhex(scan.sent_hash))


def _arrival_body(scan: Any) -> dict[str, Any]:
    return {
        "number": scan.number,
        "scan_id": str(scan.scan_id),
        "participant_id": scan.participant_id,
        "badge_ref": scan.ref and scan.ref.hex(),
        "device_id": scan.device_id,
        "gate_id": scan.gate_id,
        "type": scan.direction,
        "source": scan.source,
        "scanned_at": scan.scanned_at.isoformat().replace("+00:00", "Z"),
        "corrected_at": utc_text(scan.corrected_at),
        "status": scan.status,
        "reason": scan.reason,
        "forced_by": scan.forced_by,
        "annulled_at": utc_text(scan.annulled_at),
    }
