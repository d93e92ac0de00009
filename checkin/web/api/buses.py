"""Buses at the gate: the list that a leader's badge or a search opens, and taking a bus back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from checkin.db.engine import in_transaction
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.services.gates.bus_opening import open_by_badge, open_from_search
from checkin.services.gates.kiosks import refuse_in_kiosk
from checkin.services.gates.searching import UsedUp, refuse_search
from checkin.services.limits.rules import SEARCHES
from checkin.services.scanning.annul import annul_scans
from checkin.web.api.bodies.bus_bodies import AnnulManyReply, AnnulManyRequest, BusReply, BusRequest
from checkin.web.api.budget import within_budget
from checkin.web.api.contract import accepts, current_device, for_devices, now, returns
from checkin.web.api.supervisors import supervisor_of
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.state import marhaba

bp = APIBlueprint("buses", __name__, tag="Buses")


@bp.post("/buses/open")
@returns(bp, BusReply, 200, 400, 401, 403, 404, 413, 429)
@for_devices
@accepts(bp, BusRequest)
def open_list(body: BusRequest) -> Response:
    """Return the list of a bus: by the code of its leader's badge, or as a search has found it.

    The list that a badge opens is logged, and costs the device nothing: it has it sealed in its
    gate list. Passengers of a bus that was found count as shown, as in a search (429
    search_budget); a supervisor's PIN in the header Marhaba-Supervisor-Pin shows all of them. A PIN
    that is given is checked, so that a gate may ask for it before it lets a bus in.
    """
    device, pin = current_device(), request.headers.get(SUPERVISOR_PIN)
    refuse_in_kiosk(device)
    marhaba().limits.reserve((SEARCHES, str(device.id)))
    if pin is not None:
        supervisor_of(pin)
    if body.code is not None:
        content = in_transaction(
            marhaba().database,
            partial(open_by_badge, device=device, code=body.code, keys=marhaba().keys, now=now()),
        )
    else:
        refuse_search(device, now())
        content = within_budget(partial(_open_from_search, body.bus_id or 0))
    return json_response(_bus_body(content))


@bp.post("/buses/annul")
@returns(bp, AnnulManyReply, 200, 400, 401, 403, 413, 429)
@for_devices
@accepts(bp, AnnulManyRequest)
def annul(body: AnnulManyRequest) -> Response:
    """Take back the scans of a bus in one act: each for itself, as far as it may be taken back."""
    device, state = current_device(), marhaba()
    refuse_in_kiosk(device)
    pin = body.supervisor_pin
    supervisor = None if pin is None else supervisor_of(pin)
    work = partial(
        annul_scans,
        event_id=device.event_id,
        scan_ids=body.scan_ids,
        reason=body.reason,
        now=now(),
        device_id=device.id,
        supervisor_id=supervisor,
    )
    annulled = in_transaction(state.database, work)
    state.live.nudge(device.event_id)
    told = {"annulled": [str(one) for one in annulled], "server_time": utc_text(now())}
    return json_response(told)


def _open_from_search(bus_id: int, granted_by: int | None) -> Mapping[str, Any] | UsedUp:
    work = partial(
        open_from_search,
        device=current_device(),
        bus_id=bus_id,
        keys=marhaba().keys,
        now=now(),
        granted_by=granted_by,
    )
    return in_transaction(marhaba().database, work)


def _bus_body(content: Mapping[str, Any]) -> dict[str, Any]:
    people = [one | {"arrived_at": utc_text(one["arrived_at"])} for one in content["people"]]
    return {**content, "people": people, "server_time": utc_text(now())}
