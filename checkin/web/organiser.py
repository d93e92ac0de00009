"""The organisers' pages: overview, live board, devices."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.services.buses import bus_counts
from checkin.services.conflicts import waiting_conflicts
from checkin.services.device_list import devices_of, gates_of
from checkin.services.devices import revoke_device
from checkin.services.live_counts import LiveCounts, live_counts
from checkin.services.visible_events import visible_event, visible_events
from checkin.web.json_bodies import json_response, status_body
from checkin.web.page_errors import register_page_errors
from checkin.web.pairing import open_pairing_at
from checkin.web.sessions import current_operator
from checkin.web.state import database, marhaba
from checkin.web.streams import count_stream

bp = Blueprint("organiser", __name__)
register_page_errors(bp)


@bp.get("/")
def overview() -> ResponseReturnValue:
    """List the events with the pages that the operator may open."""
    with database().read() as session:
        events = visible_events(session, current_operator())
        counts = {event.id: live_counts(session, event.id) for event in events}
        conflicts = waiting_conflicts(session, counts)
    return render_template("overview.html", events=events, counts=counts, conflicts=conflicts)


@bp.get("/events/<slug>/board")
def board(slug: str) -> ResponseReturnValue:
    """Show the live board; ?wall=1 for a projector."""
    event, counts = _counted(slug)
    page = "board_wall.html" if request.args.get("wall") == "1" else "board.html"
    with database().read() as session:
        waiting = waiting_conflicts(session, [event.id])[event.id]
        buses = bus_counts(session, event.id)
    return render_template(page, event=event, counts=counts, waiting_conflicts=waiting, buses=buses)


@bp.get("/events/<slug>/board/counts")
def board_counts(slug: str) -> ResponseReturnValue:
    """Answer with the counts, for boards whose stream is broken."""
    counts = _counted(slug)[1]
    return json_response(status_body(counts))


@bp.get("/events/<slug>/board/live")
def board_live(slug: str) -> Response:
    """Stream the counts."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
    return count_stream(marhaba().live, event.id)


@bp.get("/events/<slug>/devices")
def devices(slug: str) -> ResponseReturnValue:
    """List the devices, with the form that opens a pairing."""
    return _devices_page(slug)


@bp.post("/events/<slug>/devices/pairing")
def create_pairing(slug: str) -> ResponseReturnValue:
    """Open a pairing for a gate and show its code, this once."""
    pairing = open_pairing_at(slug, request.form.get("gate", ""))
    return _devices_page(slug, pairing=pairing), 201 if pairing.code else 400


@bp.post("/events/<slug>/devices/<int:device_id>/revoke")
def revoke(slug: str, device_id: int) -> ResponseReturnValue:
    """Take a device's right away."""
    operator, now = current_operator(), datetime.now(UTC)
    in_transaction(
        database(),
        lambda session: revoke_device(
            session, visible_event(session, operator, slug), device_id, now=now
        ),
    )
    marhaba().devices.forget()
    return redirect(url_for("organiser.devices", slug=slug))


def _counted(slug: str) -> tuple[Event, LiveCounts]:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return event, live_counts(session, event.id)


def _devices_page(slug: str, **more: object) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        listed = devices_of(session, event.id, datetime.now(UTC))
        gates = gates_of(session, event.id)
    return render_template("devices.html", event=event, devices=listed, gates=gates, **more)
