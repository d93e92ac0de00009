"""What devices read: the gate list, the counts and their stream."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy.orm import Session

from checkin.db.models import HelpCall
from checkin.domain.gates.turns import Turn
from checkin.errors import InvalidRequest, NotFound, Unavailable
from checkin.protocol.list_segments import MOST_AT_ONCE
from checkin.protocol.version import VERSION
from checkin.services.accounts.pins import somebody_has_a_pin
from checkin.services.backups.epochs import current_epoch
from checkin.services.board.live_counts import live_counts
from checkin.services.board.stream_readers import device_reader
from checkin.services.events.events import category_names
from checkin.services.gates.authentication import try_to_mark_seen, try_to_write
from checkin.services.gates.device_reports import Report, asked_to_send_again, record_report
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.gate_list import GateList, current_cursor, gate_list
from checkin.services.gates.help_calls import call_of
from checkin.services.gates.list_segments import list_of_segments
from checkin.services.gates.recent_lists import ListAnswer
from checkin.services.hub.held_lists import held_list, newest_cursor
from checkin.web.api.bodies.schemas import GateListReply, ListQuery
from checkin.web.api.bodies.status_bodies import StatusQuery, StatusReply
from checkin.web.api.clocks import milliseconds
from checkin.web.api.contract import (
    check_cursor,
    check_epoch,
    current_device,
    describes_query,
    error_responses,
    for_devices,
    now,
    query,
    returns,
)
from checkin.web.site.json import (
    gate_body,
    json_response,
    json_text,
    status_body,
    utc_text,
)
from checkin.web.site.state import COUNTS, marhaba
from checkin.web.site.streams import stream_of

#: what a mark names never changes; it is for devices of its event alone
_FOR_GOOD = "private, immutable, max-age=604800"

bp = APIBlueprint("lists", __name__, tag="Lists and counts")


@bp.get("/gate-list")
@returns(bp, GateListReply, 200, 400, 401)
@describes_query(bp, ListQuery)
@for_devices
@bp.doc(responses={304: "Nothing has changed."})
def read_gate_list() -> Response:
    """Return the signed gate list: apply its tombstones, then its entries."""
    check_epoch()
    return gate_list_response(current_device())


def gate_list_response(device: PairedDevice) -> Response:
    """Return the gate list of a device's event, as far as the request says that it lacks it."""
    state, since = marhaba(), _cursor(request.args.get("since"))
    if state.central_url:
        return _handed_on(device, since, request.args.get("epoch", ""))
    if since and request.args.get("epoch") == device.epoch:
        check_cursor(device.event_id, since)
    by_segments = request.args.get("segments") == "1"
    with state.database.read() as session:
        epoch, cursor = current_epoch(session), current_cursor(session, device.event_id)
        if request.args.get("epoch", epoch) != epoch:
            since = 0  # of another list: its cursor says nothing of this one
        etag = f"{device.event_slug}-{epoch}-{cursor}-{since}"
        is_all = True
        if request.if_none_match.contains_weak(etag):  # a proxy that packs the answer weakens it
            response = Response(status=304)
        else:
            make = partial(_answer, session, device.event_id, since, by_segments)
            answer = state.recent_lists.answer((etag, by_segments), make)
            response, is_all = Response(answer.body, mimetype="application/json"), answer.is_all
    response.set_etag(etag if is_all else f"{etag}-segments")
    if is_all:  # whatever the answer was, the device now has the newest list
        try_to_mark_seen(state.database, device.id, now(), list_at=now())
    return response


def _handed_on(device: PairedDevice, since: int, epoch: str) -> Response:
    """Return the list as the central server has signed it: this is a hub.

    Raises:
        Unavailable: no list has come yet.
    """
    with marhaba().database.read() as session:
        newest, of = newest_cursor(session)
        held = held_list(session, since, epoch)
    if not of:
        raise Unavailable("the gate list has not come from the central server yet")
    etag = f"hub-{of}-{newest}-{since}"
    if held is None or request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(held.body, mimetype="application/json")
    response.set_etag(etag)
    try_to_mark_seen(marhaba().database, device.id, now(), list_at=now())
    return response


def _answer(session: Session, event_id: int, since: int, by_segments: bool) -> ListAnswer:
    state = marhaba()
    if by_segments:
        named = list_of_segments(session, event_id, since, state.keys, now())
        if named is not None:
            return ListAnswer(json_text(_list_body(named)).encode(), is_all=False)
    built = gate_list(session, event_id, since, state.keys, state.sealed, now())
    return ListAnswer(json_text(_list_body(built)).encode(), is_all=True)


@bp.get("/gate-list/segments/<marks>")
@for_devices
@bp.doc(
    responses={
        200: {
            "description": "The bytes of the segments, of which a mark is the SHA-256.",
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        },
        304: "The device has them.",
    }
    | error_responses(400, 401, 404)
)
def read_segments(marks: str) -> Response:
    """Return segments that the head of a gate list names, behind one another in this order.

    The marks are parted by commas. What they name never changes.
    """
    device, state, wanted = current_device(), marhaba(), marks.split(",")
    if len(wanted) > MOST_AT_ONCE:
        raise InvalidRequest(f"marks: at most {MOST_AT_ONCE} at a time")
    found = [state.segments.content(state.database, device.event_id, mark) for mark in wanted]
    contents = [content for content in found if content is not None]
    if len(contents) < len(found):
        raise NotFound("a segment is there no more: ask for the gate list again")
    if request.if_none_match.contains_weak(marks):
        response = Response(status=304)
    else:
        response = Response(contents, mimetype="application/octet-stream")
        response.content_length = sum(map(len, contents))
    response.headers["Cache-Control"] = _FOR_GOOD
    response.set_etag(marks)
    return response


@bp.get("/status")
@returns(bp, StatusReply, 200, 400, 401)
@describes_query(bp, StatusQuery)
@for_devices
def read_status() -> Response:
    """Return the live counts, and which device asks: one that has only its token learns it so."""
    check_epoch()
    device = current_device()
    _record_reported(device, query(StatusQuery), now())
    with marhaba().database.read() as session:
        counts = live_counts(session, device.event_id, day=device.day_at(now()))
        overrides = somebody_has_a_pin(session)
        categories = [one._asdict() for one in category_names(session, device.event_id)]
        call = call_of(session, device.id, now())
        again_at = asked_to_send_again(session, device.id)
    body = status_body(counts)
    asks = {
        "id": device.id,
        "gate": gate_body(device),
        "event": body["event"],
        "overrides": overrides,
        "without_badge": device.policy.without_badge,
        "categories": categories,
        "kiosk": device.kiosk,
        "help": call and _call_body(call),
        "send_again": utc_text(again_at),
    }
    if device.is_help_desk:
        asks["help_desk"] = True
    told = {"rehearsal": True} if device.rehearsing else {}
    return json_response({"device": asks, "version": VERSION} | body | told)


def _call_body(call: HelpCall) -> dict[str, str | None]:
    return {"called_at": utc_text(call.called_at), "taken_at": utc_text(call.taken_at)}


@bp.get("/live")
@for_devices
@bp.doc(
    responses={
        200: {
            "description": "Server-sent events named counts, each with the body of /status.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    }
    | error_responses(401)
)
def stream_counts() -> Response:
    """Stream the live counts as server-sent events."""
    device = current_device()
    return stream_of(marhaba().live, COUNTS, device.event_id, device_reader(device.id))


def _record_reported(device: PairedDevice, told: StatusQuery, at: datetime) -> None:
    columns: dict[str, Any] = {}
    if told.waiting is not None:
        columns["waiting"] = told.waiting
    if told.set_aside is not None:
        columns["set_aside"] = told.set_aside
    if told.device_time is not None:
        columns["skew_ms"] = milliseconds(at - told.device_time)
    if told.battery is not None:
        columns |= {"battery": told.battery, "charging": told.charging}
    turn = Turn(told.turn, told.run) if told.turn is not None else None
    report = Report(columns, turn, lost_memory=told.lost, saved=told.saved)
    if report != Report():
        database = marhaba().database
        try_to_write(database, lambda s: record_report(s, device.event_id, device.id, report, at))


def _cursor(text: str | None) -> int:
    if text is None or text == "":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidRequest("since: give the cursor of the list at hand, or leave it out")
    return int(text)


def _list_body(built: GateList) -> dict[str, Any]:
    return {
        "head": dict(built.head),
        "tombstones": [{"tag": t.tag, "reason": t.reason} for t in built.tombstones],
        "entries": [{"tag": e.tag, "sealed": e.sealed} for e in built.entries],
        "public_key": built.public_key,
        "signature": built.signature,
    }
