"""A message to many: how long its recipients are counted, and how long a batch holds the database.

`python -m bench.announcing [PEOPLE]`, on SQLite, where a scan waits for the end of each batch. What
stands beside it is a bare insert of the same rows into the outbox.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.migrate import upgrade
from checkin.db.models import Event, Message, Participant, Role
from checkin.domain.messages.audience import Audience
from checkin.services.accounts.operators import add_operator
from checkin.services.messages.announcements import Written, write_announcement
from checkin.services.messages.recipients import reach_of_audience
from checkin.services.messages.sending import BATCH, begin, queue_batch
from tests.support import factories
from tests.support.factories import KEYS, NOW

TEXTS = {"fr": Written("Parking", "Bonjour {name}.")}


def with_people(database: Database, count: int) -> Event:
    """Register so many people with an address each."""
    event = factories.an_event(database)
    places = factories.a_delegation(database, event, quota=count)
    for start in range(0, count, 1000):
        factories.badges(database, event, min(1000, count - start), delegation=places)
    address = Participant.id.concat("@example.org")
    factories.write(database, lambda s: s.execute(update(Participant).values(email=address)))
    return event


def announced(database: Database, event: Event) -> int:
    """Have a message to everybody sent, and return its id."""

    def work(session: Session) -> int:
        omar = add_operator(
            session, email="o@example.org", name="Omar", role=Role.ORGANISER, now=NOW
        )
        who: dict[str, Any] = {"operator_id": omar.operator.id, "now": NOW}
        number = write_announcement(session, event, Audience(), TEXTS, **who).id
        begin(session, KEYS, event, number, endpoint="announcements.send", **who)
        return number

    return factories.write(database, work)


def batches(database: Database, event: Event, number: int) -> list[float]:
    """Put all messages into the outbox, and return how long each batch took, in seconds."""
    took, after, most = [], 0, BATCH[database.dialect]
    while True:
        began = time.perf_counter()
        of: dict[str, Any] = {"announcement_id": number, "after": after, "most": most, "now": NOW}
        batch = in_transaction(database, partial(queue_batch, event=event, **of))
        took.append(time.perf_counter() - began)
        assert batch is not None
        if batch.messages < most:
            return took
        after = batch.last


def bare_insert(database: Database) -> float:
    """Insert the same rows at once, and return how long that took, in seconds."""
    columns = [column for column in Message.__table__.columns if column.name != "id"]
    with database.read() as session:
        rows = [dict(row) for row in session.execute(select(*columns)).mappings()]
    factories.write(database, lambda s: s.execute(delete(Message)))
    began = time.perf_counter()
    factories.write(database, lambda s: s.connection().execute(insert(Message), rows))
    return time.perf_counter() - began


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(database)
        event = with_people(database, count)
        began = time.perf_counter()
        with database.read() as session:
            reach = reach_of_audience(session, event, Audience())
        counted = time.perf_counter() - began
        took = batches(database, event, announced(database, event))
        bare = bare_insert(database)
        database.dispose()
    assert reach.mailed == count, reach
    print(f"{count:,} recipients, counted in {1000 * counted:.0f} ms")
    print(
        f"{len(took)} batches: median {1000 * statistics.median(took):.1f} ms, "
        f"longest {1000 * max(took):.1f} ms, {sum(took):.1f} s in all "
        f"({count / sum(took):,.0f}/s; bare insert {count / bare:,.0f}/s)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
