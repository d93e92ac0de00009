"""Pairing: a device gets its identity."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from checkin.db.engine import in_transaction
from checkin.domain.accounts.browsers import client_of
from checkin.errors import Unauthenticated
from checkin.protocol.gate_list import public_key_text
from checkin.services.gates.devices import confirm_wipe, pair_device
from checkin.services.gates.returning import Return, ask_to_return
from checkin.services.limits.rules import PAIRING, RETURNING
from checkin.web.api.bodies.schemas import (
    PairReply,
    PairRequest,
    ReturnReply,
    ReturnRequest,
    WipedReply,
    WipedRequest,
)
from checkin.web.api.contract import (
    accepts,
    for_revoked_devices,
    now,
    returns,
    sign_answer,
    token_of_request,
)
from checkin.web.site.json import gate_body, json_response, utc_text
from checkin.web.site.permissions import DEVICE, open_to
from checkin.web.site.state import marhaba

bp = APIBlueprint("devices", __name__, tag="Devices")


@bp.post("/devices/pair")
@open_to(DEVICE)
@returns(bp, PairReply, 201, 400, 401, 413, 429)
@accepts(bp, PairRequest)
def pair(body: PairRequest) -> Response:
    """Exchange a pairing code for a device token; the code works once, for 10 minutes."""
    try:
        device = pair_device(
            marhaba().database,
            code=body.pairing_code,
            name=body.device_name,
            software=body.software,
            now=now(),
        )
    except Unauthenticated:
        # Counted afterwards, so that a right code always pairs: whoever tries codes in the venue's
        # network keeps no gate out of it.
        marhaba().limits.reserve((PAIRING, client_of(request.remote_addr)))
        raise
    event = device.event
    return json_response(
        {
            "device_id": device.id,
            "device_token": device.token,
            "gate": gate_body(device),
            "event": {
                "slug": event.slug,
                "name": event.name,
                "name_ar": event.name_ar,
                "timezone": event.timezone,
            },
            "public_key": public_key_text(marhaba().keys.list_signer(event.slug)),
            "server_time": utc_text(now()),
        },
        201,
    )


@bp.post("/devices/return")
@returns(bp, ReturnReply, 200, 400, 401, 404, 413, 429)
@for_revoked_devices
@accepts(bp, ReturnRequest)
def ask_back(body: ReturnRequest) -> Response:
    """Ask to be taken back by a server that was put back to a state before the pairing.

    An organiser is shown who asks. Once one has taken the device back, its token counts again, and
    what it holds is to be sent before anything else.
    """
    token, at = token_of_request(), now()
    marhaba().limits.reserve((RETURNING, client_of(request.remote_addr)))
    asked = Return(
        name=body.device_name,
        software=body.software,
        event=body.event,
        gate_id=body.gate.id,
        gate_name=body.gate.name,
        held=body.held,
    )
    known = in_transaction(marhaba().database, lambda s: ask_to_return(s, token, asked, at))
    if known:
        marhaba().devices.forget()
    sign_answer(body.event)  # it brings what it holds to no other server that has got the address
    return json_response({"known": known, "server_time": utc_text(at)})


@bp.post("/devices/wiped")
@returns(bp, WipedReply, 200, 400, 401, 409, 413)
@for_revoked_devices
@accepts(bp, WipedRequest)
def wiped(body: WipedRequest) -> Response:  # noqa: ARG001 (what it may hold is checked)
    """Say that this revoked device has erased list, names and token; again changes nothing."""
    token, at = token_of_request(), now()
    wiped_at = in_transaction(marhaba().database, lambda s: confirm_wipe(s, token, now=at))
    return json_response({"wiped_at": utc_text(wiped_at), "server_time": utc_text(at)})
