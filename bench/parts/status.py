"""Measure the counts of a large event: before anybody arrived, and after half of them did."""

from __future__ import annotations

import http.client
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle, islice
from uuid import uuid4

from sqlalchemy import Connection, func, select

from bench.setup.figures import Table, shown
from bench.setup.stores import Store
from bench.setup.timing import timed_ms
from bench.setup.venue import Venue
from checkin.db.engine import Database, in_core_transaction
from checkin.db.models import Event, Participant
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Source
from checkin.services.board.board import CountsByMinute, board_now
from checkin.services.board.live_counts import live_counts
from checkin.services.gates.authentication import device_by_token
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.record import record_scan
from checkin.services.scanning.storage import Reading

_TOGETHER = 500


def counts_now(venue: Venue, database: Database, *, asked: int) -> dict[str, float]:
    """Measure the present counts, alternately by a call and over HTTP."""
    with venue.served() as (port, _):
        return _measured(venue, database, port, asked)


def status_table(store: Store, measured: list[dict[str, float]]) -> Table:
    """Return a table that compares with the first measurement, before anybody arrived."""
    few = measured[0]
    rows = [
        [
            f"{each['participants']:,.0f}",
            f"{each['arrived']:,.0f}",
            shown(each["call_ms"]),
            shown(each["http_ms"]),
            shown(each["board_ms"]),
            shown(each["call_ms"] / few["call_ms"]),
            shown(each["http_ms"] / few["http_ms"]),
        ]
        for each in measured
    ]
    heads = [
        "participants",
        "arrived",
        "call, ms",
        "HTTP, ms",
        "board, ms",
        "call, ratio",
        "HTTP, ratio",
    ]
    return Table(f"Status, {store.name}: medians, and ratio to nobody there", heads, rows, measured)


def admit_many(venue: Venue, database: Database, count: int) -> None:
    """Admit people as their scans would, many in a transaction."""
    devices = [device_by_token(database, token) for token in venue.tokens]
    codes = list(zip(cycle(devices), venue.take_codes(count), strict=False))
    for start in range(0, count, _TOGETHER):
        some = list(islice(codes, start, start + _TOGETHER))

        def work(connection: Connection, some: list[tuple[PairedDevice, str]] = some) -> None:
            for device, code in some:
                record_scan(connection, device, _reading(code), venue.keys)

        in_core_transaction(database, work)


def _reading(code: str) -> Reading:
    now = datetime.now(UTC)
    return Reading(uuid4(), code, Direction.ENTRY, Source.CAMERA, now, now, now)


def _measured(venue: Venue, database: Database, port: int, asked: int) -> dict[str, float]:
    with database.read() as session:
        event_id = session.scalars(select(Event.id)).one()
        people = session.scalars(select(func.count(Participant.id))).one()
        arrived = live_counts(session, event_id, day=1).totals["arrived"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    by_http = _asker(connection, venue.tokens[0])

    def by_call() -> None:
        with database.read() as session:
            live_counts(session, event_id, day=1)

    by_board = _board_reader(database, event_id)
    by_http()
    by_board()  # the first call reads every arrival
    times = [(timed_ms(by_call), timed_ms(by_http), timed_ms(by_board)) for _ in range(asked)]
    connection.close()
    return {
        "participants": people,
        "arrived": arrived,
        "call_ms": statistics.median(call for call, _, _ in times),
        "http_ms": statistics.median(http for _, http, _ in times),
        "board_ms": statistics.median(board for _, _, board in times),
    }


def _board_reader(database: Database, event_id: int) -> Callable[[], None]:
    """Read all that a board shows, as a server does that has read it before."""
    minute_counts = CountsByMinute()

    def read() -> None:
        with database.read() as session:
            board_now(session, event_id, minute_counts, datetime.now(UTC))

    return read


def _asker(connection: http.client.HTTPConnection, token: str) -> Callable[[], None]:
    def ask() -> None:
        connection.request("GET", "/api/v1/status", headers={"Authorization": f"Bearer {token}"})
        reply = connection.getresponse()
        reply.read()
        if reply.status != 200:
            raise RuntimeError(f"the status was answered with {reply.status}")

    return ask
