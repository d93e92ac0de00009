"""Measure the gate list: sealing it for the first time, and sending it again."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.setup.figures import Progress, Table, shown
from bench.setup.stores import Store
from bench.setup.venue import Venue
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, Event
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import next_list_version
from checkin.services.gates.gate_list import SealedEntries, gate_list

_CHANGED = 5000


def measure_gate_list(
    store: Store, venue: Venue, database: Database, *, progress: Progress
) -> Table:
    rows, data = [], []
    changes_since = in_transaction(database, _change_some)
    for since in (changes_since, 0):
        progress.step(f"{store.name}: the gate list since {since}")
        kept = SealedEntries()
        badges, first = _built(database, since, venue.keys, kept)
        _, again = _built(database, since, venue.keys, kept)
        data.append({"badges": badges, "first_ms": first, "again_ms": again})
        rows.append([f"{badges:,}", shown(first), shown(again), shown(first / badges * 1000)])
    heads = ["badges", "sealed now, ms", "sealed before, ms", "µs a badge, sealed now"]
    return Table(f"Gate list, {store.name}", heads, rows, data)


def _change_some(session: Session) -> int:
    """Mark some badges as changed; return the cursor from before."""
    event_id = session.scalars(select(Event.id)).one()
    version = next_list_version(session, event_id)
    some = select(Badge.id).where(Badge.event_id == event_id).limit(_CHANGED)
    session.execute(update(Badge).where(Badge.id.in_(some)).values(list_version=version))
    return version - 1


def _built(database: Database, since: int, keys: Keys, kept: SealedEntries) -> tuple[int, float]:
    started = time.perf_counter()
    with database.read() as session:
        event_id = session.scalars(select(Event.id)).one()
        built = gate_list(session, event_id, since, keys, kept, datetime.now(UTC))
    return len(built.entries) + len(built.tombstones), (time.perf_counter() - started) * 1000
