"""Leases: places that a device may give away while it cannot ask."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.services.devices import mark_seen
from checkin.services.leases import GrantedLease, grant_lease, return_lease
from checkin.web.api.contract import accepts, current_device, for_devices, now, returns
from checkin.web.api.lease_bodies import LeaseReply, LeaseRequest, LeaseReturned
from checkin.web.api.scans import milliseconds
from checkin.web.json_bodies import json_response, utc_text
from checkin.web.state import marhaba

bp = APIBlueprint("leases", __name__, tag="Leases")


@bp.post("/leases")
@returns(bp, LeaseReply, 200, 400, 401, 413)
@for_devices
@accepts(bp, LeaseRequest)
def grant(body: LeaseRequest) -> Response:
    """Grant or renew the device's lease; upload what was admitted offline before renewing."""
    device, at = current_device(), now()

    def work(session: Session) -> GrantedLease:
        if body.device_time is not None:
            mark_seen(session, device.id, at, skew_ms=milliseconds(at - body.device_time))
        return grant_lease(session, device, now=now())

    return json_response(_lease_body(in_transaction(marhaba().database, work)))


@bp.delete("/leases")
@returns(bp, LeaseReturned, 200, 401)
@for_devices
def give_back() -> Response:
    """Give the device's lease back before it expires; what it used of it was uploaded before."""
    device = current_device()
    ended = in_transaction(
        marhaba().database, lambda session: return_lease(session, device, now=now())
    )
    return json_response(
        {"lease_id": str(ended) if ended else None, "server_time": utc_text(now())}
    )


def _lease_body(lease: GrantedLease) -> dict[str, Any]:
    return {
        "lease_id": str(lease.lease_id),
        "expires_at": utc_text(lease.expires_at),
        "server_time": utc_text(now()),
        "delegations": [
            {"id": lent.id, "name": lent.name, "name_ar": lent.name_ar, "places": lent.places}
            for lent in lease.delegations
        ],
        "hall": lease.hall,
    }
