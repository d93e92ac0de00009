"""Leases: places that a device may give away while it cannot ask."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Response, request
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.errors import InvalidRequest
from checkin.protocol.walk_ins import public_text
from checkin.services.gates.authentication import mark_seen
from checkin.services.gates.leases import GrantedLease, grant_lease, return_lease
from checkin.web.api.bodies.lease_bodies import LeaseReply, LeaseRequest, LeaseReturned, ReturnQuery
from checkin.web.api.clocks import milliseconds
from checkin.web.api.contract import (
    accepts,
    current_device,
    describes_query,
    for_devices,
    now,
    returns,
)
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.state import marhaba

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
        return grant_lease(session, device, now=now(), held=body.held)

    lease = in_transaction(marhaba().database, work)
    opener = marhaba().keys.walk_in_opener(device.event_slug)
    return json_response(lease_body(lease, opener))


@bp.delete("/leases")
@returns(bp, LeaseReturned, 200, 400, 401)
@for_devices
@describes_query(bp, ReturnQuery)
def give_back() -> Response:
    """Give back what the device holds; its unused places are free at once. Again changes nothing.

    Upload what was admitted by it before: what comes later is taken too, but its places may be
    somebody else's by then.
    """
    device, lease_id = current_device(), lease_named(request.args.get("lease_id"))
    ended = in_transaction(
        marhaba().database,
        lambda session: return_lease(session, device, now=now(), lease_id=lease_id),
    )
    return json_response(
        {"lease_id": str(ended) if ended else None, "server_time": utc_text(now())}
    )


def lease_named(text: str | None) -> UUID | None:
    """Return the lease that a request names; None where it names none.

    Raises:
        InvalidRequest: it is no lease's id.
    """
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise InvalidRequest(f"lease_id: {text!r} is no lease's id") from None


def lease_body(lease: GrantedLease, opener: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Write a lease, with the public key of whoever opens what is sealed under it."""
    return {
        "lease_id": str(lease.lease_id),
        "expires_at": utc_text(lease.expires_at),
        "server_time": utc_text(now()),
        "delegations": [
            {"id": lent.id, "name": lent.name, "name_ar": lent.name_ar, "places": lent.places}
            for lent in lease.delegations
        ],
        "hall": lease.hall,
        "walk_in_key": public_text(opener),
    }
