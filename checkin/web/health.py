"""Is the server alive, can it take scans, and how is it doing?"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import select

from checkin.db.models import Event
from checkin.protocol.version import VERSION
from checkin.services.live_counts import live_counts
from checkin.services.readiness import readiness
from checkin.web.json_bodies import json_response
from checkin.web.state import marhaba

bp = APIBlueprint("health", __name__, tag="Health")

_ANSWER: Any = {
    "description": "Something is missing; the body says what.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}
_TEXT = {"type": "string"}
_HEALTH: Any = {
    "description": "The process answers.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"status": _TEXT, "version": _TEXT},
                "required": ["status", "version"],
            },
            "example": {"status": "ok", "version": VERSION},
        }
    },
}
_METRICS: Any = {
    "description": "Prometheus text.",
    "content": {"text/plain": {"schema": _TEXT}},
}


@bp.get("/healthz")
@bp.doc(responses={200: _HEALTH})
def healthz() -> Response:
    """Say that the process answers, and of which version it is."""
    return json_response({"status": "ok", "version": VERSION})


@bp.get("/readyz")
@bp.doc(responses={200: _ANSWER | {"description": "All is well."}, 503: _ANSWER})
def readyz() -> Response:
    """Try a real write, compare the schema with the migrations, look at the disk."""
    state = marhaba()
    faults = readiness(state.database, state.settings.home)
    if faults:
        return json_response({"status": "unready", "faults": faults}, 503)
    return json_response({"status": "ok"})


@bp.get("/metrics")
@bp.doc(responses={200: _METRICS})
def metrics() -> Response:
    """Return counts in Prometheus' text format; no names of people or delegations."""
    registry = CollectorRegistry()
    people = Gauge(
        "marhaba_people", "People by event and state", ["event", "state"], registry=registry
    )
    streams = Gauge("marhaba_streams", "Open live streams", registry=registry)
    streams.set(marhaba().live.streams)
    with marhaba().database.read() as session:
        for event_id in session.scalars(select(Event.id)):
            counts = live_counts(session, event_id)
            for state, count in counts.totals.items():
                people.labels(counts.event_slug, state).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
