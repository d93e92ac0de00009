"""Register the people of an event with a copy of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Activity, Event, Lane
from checkin.services.common.activity import note_counts
from checkin.services.lifecycle.copied_people import copy_people, count_to_copy
from checkin.worker.context import JobContext, Kind

#: records in one transaction: gates wait for it on SQLite
_BATCH = 200
_COPIED = "event.copy_people"


def copy(context: JobContext) -> dict[str, Any]:
    """Register the people of the event `source` with the job's event.

    The activity log keeps how far it is, in the transactions that bring it there: so it goes on
    where an earlier attempt was.

    Returns:
        `people`: how many were registered, in all attempts.
    """
    claimed = context.claimed
    with context.database.read() as session:
        event = session.get_one(Event, claimed.event_id)
        source = session.get_one(Event, context.arguments["source"])
        total = count_to_copy(session, source)
        reached = _reached(session, event)
    while reached.records < total:
        reached = in_transaction(
            context.database, partial(_next, context, event, source, reached, total)
        )
    return {"people": reached.people}


@dataclass(frozen=True, slots=True)
class _Reached:
    entry: int | None = None
    records: int = 0
    people: int = 0


def _reached(session: Session, event: Event) -> _Reached:
    of_event = (Activity.event_id == event.id, Activity.action == _COPIED)
    found = session.scalar(select(Activity).where(*of_event))
    if found is None:
        return _Reached()
    return _Reached(found.id, found.details["records"], found.details["people"])


def _next(
    context: JobContext, event: Event, source: Event, at: _Reached, total: int, session: Session
) -> _Reached:
    now, operator_id = context.clock(), context.claimed.operator_id
    people = at.people + copy_people(
        session,
        source,
        event,
        context.keys,
        after=at.records,
        most=_BATCH,
        operator_id=operator_id,
        now=now,
    )
    records = min(total, at.records + _BATCH)
    told = {"source": source.slug, "records": records, "people": people}
    entry = note_counts(
        session, event.id, "event.copy_people", now, entry=at.entry, operator_id=operator_id, **told
    )
    context.progress_within(session, records, total)
    return _Reached(entry, records, people)


#: Not behind everybody else: on SQLite scans wait while it holds the lock of a batch.
PEOPLE_COPY = Kind("people_copy", Lane.OFFICE, copy, niceness=0)
