"""Change all people of a list, one after the other, each by the rules of a single change."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event, Lane
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.bulk_changes import ALIKE, CONFLICT, GONE, BulkChange, Refusal
from checkin.errors import Conflict, NotFound, PossibleDuplicate
from checkin.services.mail.sending_job import start_telling
from checkin.services.selection.changes import Doing, change_one
from checkin.worker.context import JobContext, Kind


def change(context: JobContext) -> dict[str, Any]:
    """Change the people whose ids the job was given.

    Each is changed in a transaction of their own: scans go between them, and a refusal of one
    undoes nothing of the others.

    Returns:
        `change`; `people`: how many are now as was asked; `refused`: a list of those who were left
        as they were, each with `id`, `code` and `values`.
    """
    given, doing = context.arguments, _doing(context)
    with context.database.read() as session:
        event = session.get_one(Event, context.claimed.event_id)
    ids: list[int] = given["ids"]
    refused: list[dict[str, Any]] = []
    is_sent = False
    for at, number in enumerate(ids, 1):
        work = partial(change_one, event=event, participant_id=number, doing=doing)
        began = time.monotonic()
        outcome = _outcome(context, partial(_changed, work, context))
        if isinstance(outcome, Refusal):
            refused.append({"id": number, **outcome.body()})
        else:
            is_sent = is_sent or outcome
        context.progress(at, len(ids))
        if context.database.dialect == "sqlite":  # its lock is the scans' for as long as ours
            time.sleep(time.monotonic() - began)
    if is_sent and given["may_send"]:
        context.at_end(
            partial(
                start_telling,
                keys=context.keys,
                event=event,
                endpoint=given["endpoint"],
                operator_id=context.claimed.operator_id,
                now=context.clock(),
            )
        )
    return {"change": given["change"], "people": len(ids) - len(refused), "refused": refused}


def _changed(work: Callable[..., bool], context: JobContext, session: Session) -> bool:
    return work(session, now=context.clock())


def _outcome(context: JobContext, work: Callable[[Session], bool]) -> bool | Refusal:
    try:
        return in_transaction(context.database, work)
    except FieldProblem as fault:
        problem = fault.problem
        return Refusal(problem.code, (problem.value, *problem.hints))
    except PossibleDuplicate:
        return Refusal(ALIKE)
    except NotFound:
        return Refusal(GONE)
    except Conflict:
        return Refusal(CONFLICT)


def _doing(context: JobContext) -> Doing:
    given = context.arguments
    return Doing(
        change=BulkChange(given["change"]),
        target=given["target"],
        operator_id=context.claimed.operator_id,
        own_delegation=context.claimed.delegation_id,
        is_told=given["is_told"],
        asked_at=datetime.fromisoformat(given["asked_at"]),
    )


BULK_CHANGE = Kind("bulk_change", Lane.OFFICE, change)
