"""Measure the search by names and spellings in a large event, beside a LIKE over every row."""

from __future__ import annotations

import statistics
from functools import partial

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from bench.setup.figures import Progress, Table, percentile, shown
from bench.setup.stores import Store
from bench.setup.timing import timed_ms
from checkin.db.engine import Database
from checkin.db.models import Event, Participant
from checkin.domain.common.names import fold_name
from checkin.services.people.search import search_participants

#: parts of names, and other spellings
_ASKED = (
    *("zemm", "rkia", "sebti hich", "الخمل", "محمد", "ben", "fatima zahra", "ouazz", "nobody"),
    *("mohamed benani", "elkhattabi rashid", "هشام الزموري", "abdelqader yakoubi"),
    *("djamal", "خديجه"),
)


def measure_search(store: Store, database: Database, *, repeats: int, progress: Progress) -> Table:
    progress.step(f"{store.name}: search by name")
    ours, scans = [], []
    with database.read() as session:
        event_id = session.scalars(select(Event.id)).one()
        for name in _ASKED * repeats:
            ours.append(timed_ms(partial(search_participants, session, event_id, name)))
            scans.append(timed_ms(partial(_by_like, session, event_id, name)))
    times = {"search_participants": ours, "LIKE over every name": scans}
    rows = [[by, *map(shown, _spread(each))] for by, each in times.items()]
    ratios = [a / b for a, b in zip(_spread(ours), _spread(scans), strict=True)]
    rows.append(["ratio", *map(shown, ratios)])
    heads = ["by", "median, ms", "p99, ms", "max, ms"]
    return Table(f"Search by name, {store.name}", heads, rows, {"ms": times, "ratios": ratios})


def _spread(times: list[float]) -> tuple[float, float, float]:
    return statistics.median(times), percentile(times, 0.99), max(times)


def _by_like(session: Session, event_id: int, name: str) -> None:
    names = Participant.folded + literal("")  # no index is on this
    statement = select(Participant.id, Participant.name).where(Participant.event_id == event_id)
    for word in fold_name(name).split():
        statement = statement.where(names.like(f"%{word}%"))
    session.execute(statement.order_by(Participant.folded).limit(20)).all()
