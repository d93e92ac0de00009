"""What streams carry: each view of an event, read and written once for all who watch it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from checkin.db.engine import Database
from checkin.services.board.board import Board, CountsByMinute, board_now
from checkin.services.board.live import View
from checkin.services.board.live_counts import LiveCounts, live_counts
from checkin.web.board.body import board_body
from checkin.web.site.json import json_text, status_body
from checkin.web.site.state import BOARD, COUNTS


def live_views(database: Database, books: CountsByMinute) -> Mapping[str, View]:
    """Return the views by name."""

    def counts(event_id: int) -> LiveCounts:
        with database.read() as session:
            return live_counts(session, event_id)

    def board(event_id: int) -> Board:
        with database.read() as session:
            return board_now(session, event_id, books, datetime.now(UTC))

    return {
        COUNTS: View(counts, lambda shown: json_text(status_body(shown))),
        BOARD: View(board, lambda shown: json_text(board_body(shown))),
    }
