"""Health checks: whether the process is alive, whether it can take scans, and metrics."""

from __future__ import annotations

import hmac
import os
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import select

from checkin.db.models import Event
from checkin.errors import Forbidden, Unauthenticated
from checkin.protocol.version import VERSION
from checkin.services.board.live_counts import live_counts
from checkin.services.events.days import today
from checkin.web.api.contract import METRICS_SCHEME, error_responses, now
from checkin.web.site.addressing.behind_proxies import THROUGH_A_PROXY
from checkin.web.site.json import json_response
from checkin.web.site.permissions import PUBLIC, open_to
from checkin.web.site.state import marhaba

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
@open_to(PUBLIC)
@bp.doc(responses={200: _HEALTH})
def healthz() -> Response:
    """Say that the process answers, and of which version it is."""
    return json_response({"status": "ok", "version": VERSION})


@bp.get("/readyz")
@open_to(PUBLIC)
@bp.doc(responses={200: _ANSWER | {"description": "All is well."}, 503: _ANSWER})
def readyz() -> Response:
    """Try a real write, compare the schema with the migrations, look at the disk.

    What was found is good for a second, whoever asks.
    """
    if faults := marhaba().readiness.faults():
        return json_response({"status": "unready", "faults": faults}, 503)
    return json_response({"status": "ok"})


@bp.get("/metrics")
@open_to(PUBLIC)
@bp.doc(responses={200: _METRICS} | error_responses(401, 403), security=[{METRICS_SCHEME: []}, {}])
def metrics() -> Response:
    """Return counts in Prometheus' text format; no names of people or delegations.

    People are counted over all nodes. Streams are those of the process that happens to answer.

    For this machine itself, and for others with the token that the settings name.
    """
    _check_metrics_access()
    registry = CollectorRegistry()
    people = Gauge(
        "marhaba_people", "People by event and state", ["event", "state"], registry=registry
    )
    streams = Gauge(
        "marhaba_streams", "Open live streams, by process", ["process"], registry=registry
    )
    streams.labels(os.getpid()).set(marhaba().live.streams)
    with marhaba().database.read() as session:
        for event_id in session.scalars(select(Event.id)):
            day = today(session, event_id, now())
            counts = live_counts(session, event_id, day=day)
            for state, count in counts.totals.items():
                people.labels(counts.event_slug, state).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _check_metrics_access() -> None:
    token = marhaba().settings.metrics_token
    shown = request.authorization.token if request.authorization else None
    if token and shown and hmac.compare_digest(shown.encode(), token.encode()):
        return
    if shown or not _asked_on_this_machine():
        raise _token_fault(token)


def _token_fault(token: str) -> Forbidden | Unauthenticated:
    if token:
        return Unauthenticated("counts are for this machine, and for the token of the settings")
    return Forbidden("counts are for this machine alone until CHECKIN_METRICS_TOKEN is set")


def _asked_on_this_machine() -> bool:
    # Behind a proxy on this machine everybody seems to be here: whoever was passed on is not.
    passed_on = ("Forwarded", "X-Real-IP", "Via")
    if THROUGH_A_PROXY in request.environ or any(name in request.headers for name in passed_on):
        return False
    # A page that this machine's browser shows may have a name that leads here, and asks under it.
    return _is_loopback(request.remote_addr or "") and _is_this_machine(request.host)


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
