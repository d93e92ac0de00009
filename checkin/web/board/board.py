"""The pages of an event's live board, for screens and paper, and the data that they show."""

from __future__ import annotations

from flask import request

from checkin.services.board.board import Board, board_now
from checkin.services.people.buses import bus_counts
from checkin.services.scanning.overrides import overrides_of
from checkin.web.board.body import board_body
from checkin.web.board.words import board_words
from checkin.web.site.json import json_response
from checkin.web.site.permissions import may_use
from checkin.web.site.sessions import still_signed_in
from checkin.web.site.state import BOARD
from checkin.web.site.streams import BEAT, stream_of
from checkin.web.site.visits import COUNTS, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/board")
@visited_by(COUNTS)
def show(visit: EventVisit) -> Answer:
    """Show the live board; ?wall=1 for a projector."""
    wall = request.args.get("wall") == "1"
    return _page(visit, "board/board_wall.html" if wall else "board/board.html")


@bp.get("/events/<slug>/board/report")
@visited_by(COUNTS)
def report(visit: EventVisit) -> Answer:
    """Show the board as of now, as a page to print; organisers see whom overrides let in."""
    may_see = may_use(visit.operator, "overrides.index")
    overrides = overrides_of(visit.session, visit.event.id) if may_see else ()
    return _page(visit, "board/board_report.html", overrides=overrides)


@bp.get("/events/<slug>/board/counts")
@visited_by(COUNTS)
def counts(visit: EventVisit) -> Answer:
    """Return the board's data as JSON, for boards whose stream is broken."""
    return json_response(board_body(_board(visit)))


@bp.get("/events/<slug>/board/live")
@visited_by(COUNTS)
def live(visit: EventVisit) -> Answer:
    """Stream the board's data."""
    hub, allowed = visit.server.live, still_signed_in()
    return stream_of(hub, BOARD, visit.event.id, heartbeat=BEAT, while_allowed=allowed)


def _board(visit: EventVisit) -> Board:
    return board_now(visit.session, visit.event.id, visit.server.minute_counts, visit.now)


def _page(visit: EventVisit, template: str, **more: object) -> str:
    board = _board(visit)
    return visit.show(
        template,
        now=visit.now,
        board=board,
        counts=board.counts,
        words=board_words(visit.language),
        waiting_conflicts=board.conflicts,
        buses=bus_counts(visit.session, visit.event.id),
        **more,
    )
