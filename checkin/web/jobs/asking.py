"""Ask for a job in a view: small work is still answered at once, longer work has a page."""

from __future__ import annotations

import time
from typing import Any

from flask import redirect, request

from checkin.db.models import Job
from checkin.services.jobs.own_jobs import files_of
from checkin.services.jobs.queue import FINAL, Asked, enqueue
from checkin.services.jobs.workers import is_any_alive
from checkin.web.site.state import database
from checkin.web.site.visits import Answer, DelegationVisit, EventVisit
from checkin.worker.context import Kind

#: a job that ends within this time is answered by what it made
WAIT_S = 1.5
_LOOK_EVERY_S = 0.05


def ask_for(visit: EventVisit, kind: Kind, **arguments: Any) -> Answer:
    """Ask for a job about the visit's event, or its delegation; lead to the file, or to its page.

    Only who asks gets the result, and only while they may use the route at which they asked.
    """
    number = visit.write(lambda v: ask_within(v, kind, **arguments))
    wait_for(visit, number)
    return redirect(_where(visit, number), 303)


def ask_within(visit: EventVisit, kind: Kind, **arguments: Any) -> int:
    """Ask for a job in the transaction of a visit's change, and return its id; see `ask_for`."""
    asked = Asked(
        kind=kind.name,
        lane=kind.lane,
        endpoint=request.endpoint or "",
        arguments=arguments,
        event_id=visit.event.id,
        delegation_id=_delegation_of(visit),
        operator_id=visit.operator.id,
    )
    return enqueue(visit.session, visit.keys, asked, visit.now).id


def wait_for(visit: EventVisit, number: int) -> None:
    """Wait a moment for the end of a job whose transaction is committed."""
    visit.server.wake_worker()
    until = time.monotonic() + WAIT_S
    while not _has_ended(visit, number) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY_S)


def _delegation_of(visit: EventVisit) -> int | None:
    return visit.delegation.id if isinstance(visit, DelegationVisit) else visit.own_delegation


def _where(visit: EventVisit, number: int) -> str:
    with database().read() as session:
        files = files_of(session, session.get_one(Job, number))
    if len(files) == 1:
        return visit.address("jobs.download", job_id=number, number=files[0].number)
    return visit.address("jobs.show", job_id=number)


def _has_ended(visit: EventVisit, number: int) -> bool:
    """Say whether a job has ended, or nobody is there to do it."""
    with database().read() as session:
        state = session.get_one(Job, number).state
        return state in FINAL or not is_any_alive(session, visit.now)
