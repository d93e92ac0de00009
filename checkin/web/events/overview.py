"""The organisers' pages: overview, live board, devices."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checkin.db.models import Event
from checkin.services.board.board import Board, board_now
from checkin.services.board.live_counts import live_counts
from checkin.services.events.visibility import keeps_too_long, visible_event, visible_events
from checkin.services.gates.devices import revoke_device
from checkin.services.people.buses import bus_counts
from checkin.services.scanning.conflicts import waiting_conflicts
from checkin.web.board.body import board_body
from checkin.web.board.words import board_words
from checkin.web.gates.devices_page import devices_page
from checkin.web.gates.pairing import open_pairing_at
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import change_event
from checkin.web.site.json import json_response
from checkin.web.site.languages import page_language
from checkin.web.site.sessions import current_operator, still_signed_in
from checkin.web.site.state import BOARD, database, marhaba
from checkin.web.site.streams import BEAT, stream_of

bp = Blueprint("organiser", __name__)
register_page_errors(bp)


@bp.get("/")
def overview() -> ResponseReturnValue:
    """List the events with the pages that the operator may open."""
    with database().read() as session:
        events = visible_events(session, current_operator())
        counts = {event.id: live_counts(session, event.id) for event in events}
        conflicts = waiting_conflicts(session, counts)
    now = datetime.now(UTC)
    overdue = {event.id for event in events if keeps_too_long(event, now)}
    return render_template(
        "overview.html", events=events, counts=counts, conflicts=conflicts, overdue=overdue
    )


@bp.get("/events/<slug>/board")
def board(slug: str) -> ResponseReturnValue:
    """Show the live board; ?wall=1 for a projector."""
    wall = request.args.get("wall") == "1"
    return _board_page(slug, "board/board_wall.html" if wall else "board/board.html")


@bp.get("/events/<slug>/board/report")
def board_report(slug: str) -> ResponseReturnValue:
    """Show the board as it stands now, on paper."""
    return _board_page(slug, "board/board_report.html")


@bp.get("/events/<slug>/board/counts")
def board_counts(slug: str) -> ResponseReturnValue:
    """Answer with what a board shows, for those whose stream is broken."""
    return json_response(board_body(_board(slug, datetime.now(UTC))[1]))


@bp.get("/events/<slug>/board/live")
def board_live(slug: str) -> Response:
    """Stream what a board shows."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
    allowed = still_signed_in()
    return stream_of(marhaba().live, BOARD, event.id, heartbeat=BEAT, while_allowed=allowed)


@bp.get("/events/<slug>/devices")
def devices(slug: str) -> ResponseReturnValue:
    """List the devices, with the form that opens a pairing."""
    return devices_page(slug)


@bp.post("/events/<slug>/devices/pairing")
def create_pairing(slug: str) -> ResponseReturnValue:
    """Open a pairing for a gate and show its code, this once."""
    pairing = open_pairing_at(slug, request.form.get("gate", ""))
    return devices_page(slug, pairing=pairing), 201 if pairing.code else 400


@bp.post("/events/<slug>/devices/<int:device_id>/revoke")
def revoke(slug: str, device_id: int) -> ResponseReturnValue:
    """Take a device's right away."""
    change_event(slug, partial(revoke_device, device_id=device_id))
    marhaba().devices.forget()
    return redirect(url_for("organiser.devices", slug=slug))


def _board(slug: str, now: datetime) -> tuple[Event, Board]:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return event, board_now(session, event.id, marhaba().books, now)


def _board_page(slug: str, page: str) -> str:
    now = datetime.now(UTC)
    event, shown = _board(slug, now)
    with database().read() as session:
        buses = bus_counts(session, event.id)
    return render_template(
        page,
        event=event,
        now=now,
        board=shown,
        counts=shown.counts,
        words=board_words(page_language()),
        waiting_conflicts=shown.conflicts,
        buses=buses,
    )
