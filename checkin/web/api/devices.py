"""Pairing: a device gets its identity."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from checkin.errors import Unauthenticated
from checkin.services.devices import pair_device
from checkin.services.guesses import Guesses
from checkin.web.api.contract import accepts, now, returns
from checkin.web.api.schemas import PairReply, PairRequest
from checkin.web.json_bodies import json_response, utc_text
from checkin.web.state import marhaba

_CODES = Guesses("pairing codes from this address", per_minute=30)

bp = APIBlueprint("devices", __name__, tag="Devices")


@bp.post("/devices/pair")
@returns(bp, PairReply, 201, 400, 401, 413, 429)
@accepts(bp, PairRequest)
def pair(body: PairRequest) -> Response:
    """Exchange a pairing code for a device token; the code works once, for 10 minutes."""
    address = request.remote_addr or ""
    _CODES.check(address)
    try:
        device = pair_device(
            marhaba().database,
            code=body.pairing_code,
            name=body.device_name,
            software=body.software,
            now=now(),
        )
    except Unauthenticated:
        _CODES.missed(address)
        raise
    event = device.event
    return json_response(
        {
            "device_id": device.id,
            "device_token": device.token,
            "gate": {"id": device.gate_id, "name": device.gate_name},
            "event": {"slug": event.slug, "name": event.name, "timezone": event.timezone},
            "server_time": utc_text(now()),
        },
        201,
    )
