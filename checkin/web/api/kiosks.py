"""Kiosks: gates that nobody stands at, and their calls for help."""

from __future__ import annotations

from functools import partial

from apiflask import APIBlueprint
from flask import Response

from checkin.db.engine import in_transaction
from checkin.services.gates.help_calls import call_help
from checkin.services.gates.kiosks import set_kiosk
from checkin.web.api.bodies.kiosk_bodies import HelpReply, HelpRequest, KioskReply, KioskRequest
from checkin.web.api.contract import accepts, current_device, for_devices, now, returns
from checkin.web.api.supervisors import supervisor_of
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.state import marhaba

bp = APIBlueprint("kiosks", __name__, tag="Kiosks")


@bp.post("/kiosk")
@returns(bp, KioskReply, 200, 400, 401, 403, 413, 429)
@for_devices
@accepts(bp, KioskRequest)
def change(body: KioskRequest) -> Response:
    """Begin or end that nobody stands at this device; ending it needs a supervisor's PIN.

    While it is so, the device's searches, walk-ins, overrides, undoing, exits and new badges are
    refused (403 kiosk), and it is lent no key of the people of a help desk.
    """
    device, state, at = current_device(), marhaba(), now()
    supervisor = None
    if not body.on:
        supervisor = supervisor_of(body.supervisor_pin)
    work = partial(set_kiosk, device=device, on=body.on, now=at, operator_id=supervisor)
    since = in_transaction(state.database, work)
    state.devices.forget()  # the very next request is answered by it
    return json_response({"kiosk_since": utc_text(since), "server_time": utc_text(now())})


@bp.post("/help")
@returns(bp, HelpReply, 200, 400, 401, 413)
@for_devices
@accepts(bp, HelpRequest)
def call(body: HelpRequest) -> Response:  # noqa: ARG001 (what it may hold is checked)
    """Call for help at this gate; boards show it until an operator takes the call."""
    device, at = current_device(), now()
    made = in_transaction(marhaba().database, partial(call_help, device=device, now=at))
    marhaba().live.nudge(device.event_id)
    return json_response({"called_at": utc_text(made.called_at), "server_time": utc_text(now())})
