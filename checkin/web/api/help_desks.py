"""The people of an event for its help desks: the key that opens them, and their sealed pages."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from functools import partial
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from checkin.db.engine import in_transaction
from checkin.domain.scanning.facts import WithoutBadge
from checkin.errors import InvalidRequest, NotAHelpDesk, PinNeeded
from checkin.protocol.base64url import text_of
from checkin.services.badges.replacing import Replacement, replace_badge
from checkin.services.gates.kiosks import refuse_in_kiosk
from checkin.services.gates.people_list import MOST_PAGES, note_taken, people_list, sealed_pages
from checkin.services.gates.searching import record_shown, refuse_search
from checkin.web.api.bodies.help_desk_bodies import (
    PagesQuery,
    PagesReply,
    PeopleListReply,
    ReplaceBadgeReply,
    ReplaceBadgeRequest,
    ShownReply,
    ShownRequest,
)
from checkin.web.api.budget import show_scanned
from checkin.web.api.contract import (
    accepts,
    current_device,
    describes_query,
    for_devices,
    now,
    returns,
)
from checkin.web.api.supervisors import supervisor_of
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.state import marhaba

bp = APIBlueprint("help_desks", __name__, tag="Help desks")


@bp.get("/people-list")
@returns(bp, PeopleListReply, 200, 401, 403)
@for_devices
def read_people_list() -> Response:
    """Return what opens the people that this help desk holds, and the marks of all their pages.

    A device that is no help desk gets 403 not_a_help_desk and erases what it holds of them; while
    the doors are closed, 403 search_closed, as a search is, and while nobody stands at it, 403
    kiosk. Keep the key in memory only, and forget it with each of these answers.
    """
    refuse_in_kiosk(current_device())
    state = marhaba()
    with state.database.read() as session:
        told = people_list(session, current_device(), state.keys, state.people_pages, now())
    return json_response({**asdict(told), "key": text_of(told.key)})


@bp.get("/people-list/pages")
@returns(bp, PagesReply, 200, 400, 401, 403)
@describes_query(bp, PagesQuery)
@for_devices
def read_pages() -> Response:
    """Return pages of people by their marks, sealed with the key of this help desk."""
    device, state, marks = current_device(), marhaba(), request.args.getlist("mark")
    refuse_in_kiosk(device)
    if not 1 <= len(marks) <= MOST_PAGES:
        raise InvalidRequest(f"mark: name 1 to {MOST_PAGES} pages")
    with state.database.read() as session:
        pages = sealed_pages(session, device, marks, state.keys, state.people_pages, now())
    in_transaction(state.database, partial(note_taken, device=device, pages=len(pages), now=now()))
    return json_response({"pages": [asdict(page) for page in pages]})


@bp.post("/people-list/shown")
@returns(bp, ShownReply, 200, 400, 401, 403, 413)
@for_devices
@accepts(bp, ShownRequest)
def tell_shown(body: ShownRequest) -> Response:
    """Say whom this help desk has shown without the network; again changes nothing.

    They count against its budget of people shown from when they were shown. Nothing gives them
    back: a device could say of everybody that it has let them in. A device that is no help desk
    shows nobody without the network: it would name by number whom it says to have shown.
    """
    _refuse_others()
    shown, at = {one.participant_id: one.shown_at for one in body.shown}, now()
    work = partial(record_shown, device=current_device(), shown=shown, now=at)
    in_transaction(marhaba().database, work)
    return json_response({"server_time": utc_text(at)})


@bp.post("/participants/<int:participant_id>/badge")
@returns(bp, ReplaceBadgeReply, 200, 400, 401, 403, 404, 409, 413, 429)
@for_devices
@accepts(bp, ReplaceBadgeRequest)
def replace(participant_id: int, body: ReplaceBadgeRequest) -> Response:
    """Replace the badge of somebody whom a search has shown this help desk, to be printed there.

    The badge before is revoked. Asked again within two minutes, the same new badge is drawn again;
    `tell: false` keeps the message with the new badge from the person, to whom it is handed over.
    Where not everyone may admit people without a badge it takes a supervisor's PIN, or is 403
    pin_needed.
    """
    device, state, at = current_device(), marhaba(), now()
    _refuse_others()
    refuse_in_kiosk(device)
    refuse_search(device, at)  # the badge names its holder
    _refuse_without_pin(body.supervisor_pin)
    show_scanned(participant_id)
    new = replace_badge(
        state.database,
        device.event_id,
        participant_id,
        device_id=device.id,
        keys=state.keys,
        design=state.settings.print_design,
        now=at,
        is_told=body.tell,
    )
    state.wake_worker()
    return json_response(_replaced_body(participant_id, new) | {"server_time": utc_text(at)})


def _refuse_others() -> None:
    if not current_device().is_help_desk:
        raise NotAHelpDesk("this device is no help desk: an organiser can make it one")


def _refuse_without_pin(pin: str | None) -> None:
    if current_device().policy.without_badge == WithoutBadge.EVERYONE:
        return
    if pin is None:
        raise PinNeeded("a new badge takes the PIN of a supervisor")
    supervisor_of(pin)


def _replaced_body(participant_id: int, new: Replacement) -> dict[str, Any]:
    width_mm, height_mm = new.size_mm
    return {
        "participant_id": participant_id,
        "issue": new.issue,
        "pdf": b64encode(new.pdf).decode(),
        "png": b64encode(new.png).decode(),
        "width_mm": width_mm,
        "height_mm": height_mm,
        "told": new.told,
    }
