"""The pages of an event's live board, and the data that they show."""

from __future__ import annotations

from typing import Any

from flask import request

from checkin.errors import NotFound
from checkin.services.backups.epochs import announced_restore
from checkin.services.board.all_days import all_days_of
from checkin.services.board.board import Board, CountsByMinute, board_now
from checkin.services.events.days import day_numbered
from checkin.services.gates.device_reports import troubled_devices
from checkin.services.people.buses import bus_counts
from checkin.web.board.body import board_body
from checkin.web.board.days import ALL_DAYS, asked_day, asks_for_all_days, choices
from checkin.web.board.report_tables import all_days_tables
from checkin.web.board.streaming import stream_to_page
from checkin.web.board.words import board_words
from checkin.web.site.json import json_response
from checkin.web.site.state import BOARD
from checkin.web.site.visits import COUNTS, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/board")
@visited_by(COUNTS)
def show(visit: EventVisit) -> Answer:
    """Show the live board; ?wall=1 for a projector, ?day=1 an earlier day, ?day=all all of them."""
    if request.args.get("wall") == "1":
        return _live(visit, "board/board_wall.html")
    if asks_for_all_days():
        return _all_days(visit)
    day = asked_day(visit)
    if day is None or day == visit.today:
        return _live(visit, "board/board.html")
    return _earlier_day(visit, day)


def _live(visit: EventVisit, template: str) -> Answer:
    board = _board(visit)
    return visit.show(
        template,
        waiting_conflicts=board.conflicts,
        put_back=announced_restore(visit.session, visit.now),
        troubled=troubled_devices(visit.session, visit.event.id, visit.now),
        **_shown(visit, board),
    )


def _earlier_day(visit: EventVisit, day: int) -> Answer:
    """Show a day that is over, as it is known now: without what is of the moment only."""
    if day > visit.today:
        raise NotFound("this day of the event has not come yet")
    with visit.server.database.snapshot() as session:
        board = board_now(session, visit.event.id, CountsByMinute(), visit.now, day)
    return visit.show("board/board_day.html", **_shown(visit, board))


def _shown(visit: EventVisit, board: Board) -> dict[str, Any]:
    """Return what the templates of a day take."""
    counts = board.counts
    return {
        "now": visit.now,
        "board": board,
        "counts": counts,
        "words": board_words(visit.language),
        "choices": choices(visit, counts.days, counts.day),
        "buses": bus_counts(visit.session, visit.event.id, day=counts.day),
        "reserve_from": day_numbered(visit.session, visit.event.id, counts.day).reserve_from,
    }


def _all_days(visit: EventVisit) -> Answer:
    """Show who has come on all days: people, each once, and the arrivals of each day."""
    with visit.server.database.snapshot() as session:
        all_days = all_days_of(session, visit.event.id)
    return visit.show(
        "board/board_all_days.html",
        now=visit.now,
        all_days=all_days,
        tables=all_days_tables(all_days, visit.event.timezone),
        words=board_words(visit.language),
        choices=choices(visit, all_days.days, ALL_DAYS),
    )


@bp.get("/events/<slug>/board/counts")
@visited_by(COUNTS)
def counts(visit: EventVisit) -> Answer:
    """Return the board's data as JSON, for boards whose stream is broken."""
    return json_response(board_body(_board(visit)))


@bp.get("/events/<slug>/board/live")
@visited_by(COUNTS)
def live(visit: EventVisit) -> Answer:
    """Stream the board's data."""
    return stream_to_page(visit, BOARD)


def _board(visit: EventVisit) -> Board:
    return board_now(visit.session, visit.event.id, visit.server.minute_counts, visit.now)
