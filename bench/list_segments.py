"""What the gate list of very many people costs: `python -m bench.list_segments`.

    python -m bench.list_segments [--people 100000] [--gates 200] [--store sqlite|postgresql]

So many gates are paired, and fetch the list at once: its head, all segments, and what has changed
behind them. Printed are bytes and the server's CPU time, beside those of the whole list in one
answer, which a few gates fetch in the same run. The aims are 20 MB and 5 s for 200 gates.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bench.setup.figures import Progress, Table, shown
from bench.setup.large_venue import ORIGINALS, multiply, open_originals
from bench.setup.processes import cpu_s
from bench.setup.stores import postgresql_store, sqlite_store
from bench.setup.venue import Venue
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.protocol.list_segments import MOST_AT_ONCE, mark_of
from checkin.protocol.signed_answers import NONCE, new_nonce
from checkin.services.badges.refs import fill_refs
from checkin.services.gates.devices import add_device, gate_named
from checkin.services.gates.list_passes import live_passes, write_pass
from checkin.services.jobs.workers import worker_seen

#: gates that fetch the whole list in one answer: each takes seconds of the server
_WHOLE = 3
#: gates that fetch at the same moment; what they share of the line is not what is measured
_AT_ONCE = 25
_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Fetched:
    """What some gates have fetched, each: bytes and requests; and the server's CPU of all."""

    gates: int
    size: int
    requests: int
    cpu_s: float
    wall_s: float


def main() -> None:
    arguments = _arguments()
    progress = Progress(5)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marhaba-bench-")))
        folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        opened = {"sqlite": sqlite_store, "postgresql": postgresql_store}[arguments.store]
        store = stack.enter_context(opened(folder / arguments.store))
        progress.step(f"{store.name}: {arguments.people:,} people")
        venue = open_originals(store, "segments")
        database = Database(venue.url)
        if (times := arguments.people // ORIGINALS) > 1:
            in_transaction(database, lambda session: multiply(session, times))
        fill_refs(database, venue.keys)  # which the copies lack; else the server begins with it
        tokens = _paired(database, arguments.gates + _WHOLE)
        progress.step("the segments are written")
        began = time.process_time()
        _write(database, venue)
        written = time.process_time() - began
        with venue.served() as (port, pid):
            progress.step(f"the whole list at {_WHOLE} gates")
            whole = _measured(port, pid, tokens[:_WHOLE], _whole_list, at_once=1)
            progress.step(f"segments at {arguments.gates} gates")
            gates = _measured(port, pid, tokens[_WHOLE:], _in_segments, at_once=_AT_ONCE)
            progress.step("the same again, as after a restore")
            again = _measured(port, pid, tokens[_WHOLE:], _in_segments, at_once=_AT_ONCE)
        database.dispose()
    print(_table(arguments, written, whole, gates, again).markdown())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.list_segments", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--gates", type=int, default=200)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    return parser.parse_args()


def _paired(database: Database, count: int) -> list[str]:
    now = datetime.now(UTC)
    with database.read() as session:
        event = session.scalars(select(Event)).one()
    tokens = []
    for at in range(count):
        name = f"Porte {at % 50 + 1}"
        new = in_transaction(
            database,
            lambda s, at=at, name=name: add_device(  # type: ignore[misc]
                s,
                s.merge(event),
                gate_named(s, event, name, create=True),
                name=f"Gate {at + 1}",
                software="bench",
                now=now,
            ),
        )
        tokens.append(new.token)
    return tokens


def _write(database: Database, venue: Venue) -> None:
    in_transaction(database, lambda s: worker_seen(s, "bench", datetime.now(UTC)))
    with database.read() as session:
        event_id = session.scalars(select(Event.id)).one()
    write_pass(database, event_id, venue.keys, lambda: datetime.now(UTC))
    with database.read() as session:
        if live_passes(session, event_id) is None:
            raise RuntimeError("there are no segments: are there more than 2,000 people?")


class _Gate:
    """A gate that fetches, over one kept connection, and counts."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
        self._token = token
        self.size = self.requests = 0

    def get(self, path: str) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", NONCE: new_nonce()}
        self._connection.request("GET", f"/api/v1/{path}", headers=headers)
        reply = self._connection.getresponse()
        content = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{path} was answered with {reply.status}")
        self.size += len(content)
        self.requests += 1
        return content

    def close(self) -> None:
        self._connection.close()


def _whole_list(gate: _Gate) -> None:
    gate.get("gate-list")


def _in_segments(gate: _Gate) -> None:
    head = json.loads(gate.get("gate-list?segments=1"))["head"]
    left, at_once = head["segments"], 2
    while left:  # as a gate on a fast line
        marks = [one["mark"] for one in left[:at_once]]
        content = gate.get(f"gate-list/segments/{','.join(marks)}")
        for one in left[:at_once]:
            if mark_of(content[: one["bytes"]]) != one["mark"]:
                raise RuntimeError("a segment is not what its mark says")
            content = content[one["bytes"] :]
        left, at_once = left[at_once:], min(2 * at_once, MOST_AT_ONCE)
    gate.get(f"gate-list?segments=1&since={head['cursor']}&epoch={head['epoch']}")


def _measured(
    port: int, pid: int, tokens: Sequence[str], fetch: Callable[[_Gate], None], *, at_once: int
) -> Fetched:
    def work(token: str) -> _Gate:
        gate = _Gate(port, token)
        fetch(gate)
        gate.close()
        return gate

    before, began = cpu_s(pid) or 0.0, time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        gates = list(pool.map(work, tokens))
    spent = (cpu_s(pid) or 0.0) - before
    wall = time.perf_counter() - began
    return Fetched(len(gates), gates[0].size, gates[0].requests, spent, wall)


def _table(
    arguments: argparse.Namespace, written_s: float, whole: Fetched, *segments: Fetched
) -> Table:
    rows, data = [], []
    for name, one in zip(("one answer", "segments", "again"), (whole, *segments), strict=True):
        each = one.cpu_s / one.gates
        cells = [f"{one.size / 1e6:.1f}", str(one.requests), shown(each * 1000)]
        rows.append([name, str(one.gates), *cells, f"{each * 200:.1f}", f"{one.wall_s:.1f}"])
        data.append({"what": name, **vars(one)} if hasattr(one, "__dict__") else {"what": name})
    heads = ["", "gates", "MB each", "requests each", "CPU ms each", "CPU s of 200", "s in all"]
    title = (
        f"Gate list of {arguments.people:,} people, {arguments.store}; "
        f"the segments were written in {written_s:.1f} s of CPU"
    )
    return Table(title, heads, rows, data)


if __name__ == "__main__":
    main()
