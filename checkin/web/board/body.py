"""The JSON body of a board: the counts of the API's contract, and organisers' further data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkin.db.engine import Database
from checkin.domain.board.arrivals import ArrivalCurve, Forecast
from checkin.services.board.board import Board, CountsByMinute, GateLoad, board_now
from checkin.services.board.live import View
from checkin.services.board.live_counts import LiveCounts, live_counts
from checkin.web.site.json import json_text, status_body, utc_text
from checkin.web.site.state import BOARD, COUNTS


def live_views(database: Database, minute_counts: CountsByMinute) -> Mapping[str, View]:
    """Return the views that streams can follow, by name."""

    def counts(event_id: int) -> LiveCounts:
        with database.read() as session:
            return live_counts(session, event_id)

    def board(event_id: int) -> Board:
        with database.read() as session:
            return board_now(session, event_id, minute_counts, datetime.now(UTC))

    return {
        COUNTS: View(counts, lambda shown: json_text(status_body(shown))),
        BOARD: View(board, lambda shown: json_text(board_body(shown))),
    }


def board_body(board: Board) -> dict[str, Any]:
    """Return a board as JSON data without texts: pages format it in their own language."""
    hall = board.hall
    return status_body(board.counts) | {
        "curve": board.curve and _curve(board.curve),
        "forecast": _forecast(board.forecast),
        "loads": [_load(load) for load in board.gates],
        "refusals": [{"reason": reason, "count": count} for reason, count in board.refusals],
        "overridden": board.overridden,
        "conflicts": board.conflicts,
        "hall": hall
        and {
            "inside": hall.inside,
            "capacity": hall.capacity,
            "percent": hall.percent,
            "level": hall.level,
        },
    }


def _curve(curve: ArrivalCurve) -> dict[str, Any]:
    return {
        "paths": {
            "line": curve.line,
            "area": curve.area,
            "expected": curve.expected,
            "everybody": curve.everybody,
        },
        "times": [utc_text(at) for at in curve.times],
        "counts": curve.counts,
        "rows": [[utc_text(row.at), row.arrived, row.total] for row in curve.rows],
    }


def _forecast(forecast: Forecast) -> dict[str, Any]:
    return {
        "outlook": forecast.outlook,
        "per_minute": forecast.per_minute,
        "at": utc_text(forecast.at),
        "earliest": utc_text(forecast.earliest),
        "latest": utc_text(forecast.latest),
    }


def _load(load: GateLoad) -> dict[str, Any]:
    return {
        "id": load.id,
        "per_minute": load.per_minute,
        "devices": load.devices,
        "online": load.online,
        "waiting": load.waiting,
        "list_at": utc_text(load.list_at),
        "skew_ms": load.skew_ms,
    }
