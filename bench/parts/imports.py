"""Measure the import of a participants' file, part by part, and a bare bulk insert of its rows.

`plan` is what a dry run or a review does; `apply` plans each batch once more, and writes it.
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Uuid, insert, select
from sqlalchemy import Table as SqlTable

from bench.setup.figures import Progress, Table, shown
from bench.setup.stores import Store
from bench.setup.venue import Venue
from checkin.db.engine import Database
from checkin.db.models import Delegation, Event
from checkin.services.lifecycle.demo_names import FAMILY_NAMES, GIVEN_NAMES
from checkin.services.people.importing.import_plans import plan_table
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.spreadsheets.reading import read_table

PARTS = ("read", "plan", "apply")
_METADATA = MetaData()
#: as wide as a participant with a badge
_PARTICIPANT = SqlTable(
    "floor_participant",
    _METADATA,
    Column("id", Integer, primary_key=True),
    *(Column(name, String) for name in ("name", "name_ar", "folded", "phone", "email")),
)
_BADGE = SqlTable(
    "floor_import_badge",
    _METADATA,
    Column("id", Uuid, primary_key=True),
    Column("participant_id", Integer, index=True),
    Column("token_hash", LargeBinary(32), unique=True),
)


def measure_import(
    store: Store, venue: Venue, database: Database, *, count: int, repeats: int, progress: Progress
) -> Table:
    runs, floors = [], []
    with database.writing() as connection:
        _METADATA.create_all(connection)
    for at in range(repeats):
        progress.step(f"{store.name}: import of {count:,} rows, round {at + 1}/{repeats}")
        runs.append(_imported(venue, database, a_list(database, count, at)))
        floors.append(_inserted(database, count))
    floor_s = statistics.median(floors)
    totals = [sum(run.values()) for run in runs]
    seconds = {part: statistics.median(run[part] for run in runs) for part in PARTS}
    seconds |= {"total": statistics.median(totals), "bare bulk insert": floor_s}
    rows = [
        [part, shown(s), f"{count / s:,.0f}", shown(s / floor_s)] for part, s in seconds.items()
    ]
    heads = ["part", "seconds", "rows/s", "× the bare insert"]
    data = {"rows": count, "runs": runs, "bare_s": floors}
    return Table(f"Import of {count:,} rows, {store.name}: medians", heads, rows, data)


def a_list(database: Database, count: int, seed: int) -> bytes:
    """Return a CSV file of new people, of all delegations that there are."""
    chance = random.Random(seed)
    with database.read() as session:
        delegations = session.scalars(select(Delegation.name)).all()
    lines = ["Délégation;Nom;الاسم;Téléphone;E-mail"]
    for at in range(count):
        given, given_ar = chance.choice(GIVEN_NAMES)
        family, family_ar = chance.choice(FAMILY_NAMES)
        # Numbers would be the same name again and again; these syllables tell people apart.
        other, other_ar = chance.choice(FAMILY_NAMES)
        mark = "".join(chance.choices("bcdfghjklmnprstvz", k=6))
        phone = f"06{(seed * count + at) % 10**8:08d}"
        email = f"person{seed}.{at}@example.org" if at % 2 else ""
        names = f"{given} {family} {other} {mark};{given_ar} {family_ar} {other_ar} {mark}"
        lines.append(f"{chance.choice(delegations)};{names};{phone};{email}")
    return "\n".join(lines).encode()


def _imported(venue: Venue, database: Database, content: bytes) -> dict[str, float]:
    with database.read() as session:
        event = session.scalars(select(Event)).one()
    started = time.perf_counter()
    table = read_table(content, "list.csv")
    read = time.perf_counter()
    with database.read() as session:
        plan_table(session, event, table, now=datetime.now(UTC))
    planned = time.perf_counter()
    done = import_list(database, Importing(event, table), venue.keys, lambda: datetime.now(UTC))
    applied = time.perf_counter()
    if done.counts["add"] < 0.98 * len(table.rows):
        raise RuntimeError(f"the import did not add its rows: {done.counts}")
    return dict(zip(PARTS, (read - started, planned - read, applied - planned), strict=True))


def _inserted(database: Database, count: int) -> float:
    people = [
        {
            "name": f"n{at}",
            "name_ar": "اسم",
            "folded": f"n{at} اسم",
            "phone": str(at),
            "email": None,
        }
        for at in range(count)
    ]
    badges = [
        {"id": uuid4(), "participant_id": at, "token_hash": uuid4().bytes * 2}
        for at in range(count)
    ]
    started = time.perf_counter()
    with database.writing() as connection:
        connection.execute(insert(_PARTICIPANT), people)
        connection.execute(insert(_BADGE), badges)
    return time.perf_counter() - started
