"""The body that boards are sent: the contract's counts, and what organisers see beside them."""

from __future__ import annotations

from typing import Any

from checkin.domain.board.arrivals import ArrivalCurve, Forecast
from checkin.services.board.board import Board, GateLoad
from checkin.web.site.json import status_body, utc_text


def board_body(board: Board) -> dict[str, Any]:
    """Write a board as of now, in no language: pages write numbers and times in their own."""
    hall = board.hall
    return status_body(board.counts) | {
        "curve": board.curve and _curve(board.curve),
        "forecast": _forecast(board.forecast),
        "loads": [_load(load) for load in board.gates],
        "refusals": [{"reason": reason, "count": count} for reason, count in board.refusals],
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
            "registered": curve.registered,
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
