"""The JSON body of a board: the counts of the API's contract, and organisers' further data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from checkin.db.engine import Database
from checkin.domain.board.arrivals import ArrivalCurve, Forecast
from checkin.domain.people.flags import SIGNS, ShownFlag
from checkin.services.board.board import Board, CountsByMinute, GateLoad, board_now
from checkin.services.board.flagged import FlaggedArrival, flagged_arrivals
from checkin.services.board.live import View
from checkin.services.board.live_counts import LiveCounts, live_counts
from checkin.services.events.days import today
from checkin.web.site.json import json_text, status_body, utc_text
from checkin.web.site.state import BOARD, COUNTS, FLAGGED


def live_views(database: Database, minute_counts: CountsByMinute) -> Mapping[str, View]:
    """Return the views that streams can follow, by name."""

    def counts(event_id: int) -> LiveCounts:
        with database.read() as session:
            return live_counts(session, event_id, day=today(session, event_id, datetime.now(UTC)))

    def board(event_id: int) -> Board:
        with database.read() as session:
            return board_now(session, event_id, minute_counts, datetime.now(UTC))

    def flagged(event_id: int) -> tuple[FlaggedArrival, ...]:
        with database.read() as session:
            return flagged_arrivals(session, event_id)

    return {
        FLAGGED: View(flagged, lambda shown: json_text(flagged_body(shown))),
        COUNTS: View(counts, lambda shown: json_text(status_body(shown))),
        BOARD: View(board, lambda shown: json_text(board_body(shown))),
    }


def board_body(board: Board) -> dict[str, Any]:
    """Return a board as JSON data without texts: pages format it in their own language."""
    hall = board.hall
    return status_body(board.counts) | {
        "curve": board.curve and _curve(board.curve),
        "forecast": board.forecast and _forecast(board.forecast),
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
        "unusual": [
            {"device": one.device, "gate": one.gate, "does": one.does, "count": one.count}
            for one in board.unusual
        ],
        "help_calls": [
            {"id": one.id, "gate": one.gate, "device": one.device, "since": utc_text(one.since)}
            for one in board.help_calls
        ],
        "hubs": [
            {"name": one.name, "away_since": utc_text(one.away_since), "waiting": one.waiting}
            for one in board.hubs
        ],
    }


def flagged_body(arrivals: Sequence[FlaggedArrival]) -> dict[str, Any]:
    """Return arrivals of people with flags as JSON data, each with the pages that it is told to."""
    return {
        "arrivals": [
            {
                "id": one.id,
                "name": one.name,
                "name_ar": one.name_ar,
                "delegation": one.delegation,
                "delegation_ar": one.delegation_ar,
                "gate": one.gate,
                "gate_ar": one.gate_ar,
                "at": utc_text(one.at),
                "told_at": utc_text(one.told_at),
                "flags": [_flag(flag) for flag in one.flags],
            }
            for one in arrivals
        ]
    }


def _flag(flag: ShownFlag) -> dict[str, str | None]:
    return flag.body() | {"sign": SIGNS[flag.symbol], "page": flag.page}


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
        "low_battery": load.low_battery,
    }
