"""Write answers as the JSON of the contract: RFC 3339 UTC times, ending in Z."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Response

from checkin.domain.scanning.hall import Stop
from checkin.services.board.live_counts import LiveCounts
from checkin.services.gates.devices import NewDevice, PairedDevice

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def utc_text(moment: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC, with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_text(body: Any) -> str:
    """Write a body as compact JSON."""
    return _COMPACT.encode(body)


def json_response(body: Any, status: int = 200) -> Response:
    """Answer with a JSON body."""
    return Response(json_text(body), status, mimetype="application/json")


def status_body(counts: LiveCounts) -> dict[str, Any]:
    """Return the body of `GET /api/v1/status`, as of now: the counts of one day."""
    return {
        "at": utc_text(datetime.now(UTC)),
        "event": {
            "slug": counts.event_slug,
            "name": counts.event_name,
            "name_ar": counts.event_name_ar,
            "timezone": counts.timezone,
        },
        "stop": stop_body(counts.stop),
        "day": counts.day,
        "days": [
            {
                "day": one.number,
                "starts_at": utc_text(one.starts_at),
                "ends_at": utc_text(one.ends_at),
                "arrived": one.arrived,
                "refused": one.refused,
            }
            for one in counts.days
        ],
        "totals": counts.totals | {"percent": counts.figures.percent},
        "delegations": [
            {
                "id": d.id,
                "name": d.name,
                "name_ar": d.name_ar,
                **d.figures.counts(),
                "percent": d.figures.percent,
                "last_arrival_at": utc_text(d.figures.last_arrival_at),
            }
            for d in counts.delegations
        ],
        "gates": [
            {
                "id": g.id,
                "name": g.name,
                "arrived": g.arrived,
                "refused": g.refused,
                "last_scan_at": utc_text(g.last_scan_at),
            }
            for g in counts.gates
        ],
    }


def gate_body(device: PairedDevice | NewDevice) -> dict[str, Any]:
    """Write the gate at which a device stands."""
    return {"id": device.gate_id, "name": device.gate_name, "name_ar": device.gate_name_ar}


def stop_body(stop: Stop | None) -> dict[str, Any] | None:
    """Write a stop of all entries with its messages, or None while there is none."""
    return None if stop is None else {"since": utc_text(stop.since), "messages": stop.messages}
