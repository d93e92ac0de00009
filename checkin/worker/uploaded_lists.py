"""Read, check and register an uploaded list of participants.

The argument `secret` decrypts the list's draft; it is gone with the job's arguments at its end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Delegation, Event, ImportDraft, Lane, Operator
from checkin.domain.people.corrections import Corrections, correct
from checkin.domain.people.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.common.activity import note
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.people.import_drafts import (
    MAX_ROWS,
    OpenedDraft,
    Uploader,
    forget_draft,
    opened_draft,
)
from checkin.services.people.import_plans import ImportPlan, plan_table
from checkin.services.people.import_reviews import keep_review, keep_unreadable, sealed_review
from checkin.services.people.import_standing import ImportStanding
from checkin.services.people.importing import Importing, import_list
from checkin.services.spreadsheets.reading import Table
from checkin.services.uploads.tables import read_list
from checkin.worker.context import JobContext, Kind


def read(context: JobContext) -> dict[str, Any]:
    """Read an uploaded file, and keep it as a list with its review.

    Raises:
        JobFailed: it is no list; its draft keeps why.
    """
    file = _draft(context).file()
    try:
        table = read_list(file.content, file.name, delegation_required=False, most_rows=MAX_ROWS)
    except UnreadableFile as fault:
        kept = partial(keep_unreadable, secret=_secret(context), fault=fault, now=context.clock())
        in_transaction(context.database, kept)
        raise JobFailed(ProblemCode.UNREADABLE_LIST) from fault
    return _review(context, table)


def check(context: JobContext) -> dict[str, Any]:
    """Compare a list anew with those who are registered, after the corrections that are given.

    What is registered already of a list whose registration was interrupted goes from it.

    Returns:
        How many rows would add, change, skip and are refused; and `was_to_register`, the argument:
        the corrections came with the wish to register.
    """
    draft, given = _draft(context), context.arguments
    table = draft.table()
    rows = list((draft.standing or ImportStanding()).left_of(table.rows))
    cells = {int(number): texts for number, texts in given["cells"].items()}
    corrections = Corrections(cells, set(given["left_out"]), set(given["right"]))
    counts = _review(context, replace(table, rows=correct(rows, corrections)))
    return {**counts, "was_to_register": given["was_to_register"]}


def register(context: JobContext) -> dict[str, Any]:
    """Register what is right in a list, from where that stands on; keep what is not.

    Returns:
        How many rows have added, changed, skipped and refused, in all attempts; and
        `announcement`, the id of what would tell whom the list has moved, or put on a reserve list.
    """
    draft = _draft(context)
    importing = _importing(context, draft.table())
    total, standing = len(importing.table.rows), draft.standing or ImportStanding()

    def record(session: Session, reached: ImportStanding) -> None:
        nonlocal standing
        standing = reached
        _keep_standing(session, draft, reached, context)
        context.progress_within(session, reached.done, total)

    import_list(
        context.database, importing, context.keys, context.clock, standing=standing, record=record
    )
    refused = list(standing.left_of(importing.table.rows))
    if refused:
        _review(context, replace(importing.table, rows=refused))
    else:
        context.at_end(partial(forget_draft, secret=draft.secret))
    return {**standing.counts, "announcement": standing.announcement_id}


LIST_READ = Kind("list_read", Lane.UPLOADS, read)
LIST_CHECK = Kind("list_check", Lane.UPLOADS, check)
#: Not behind everybody else: on SQLite scans wait while it holds the lock of a batch.
LIST_REGISTER = Kind("list_register", Lane.UPLOADS, register, niceness=0)


def _review(context: JobContext, table: Table) -> dict[str, Any]:
    """Plan a list, and keep it with its review when the job ends."""
    importing = _importing(context, table)
    with context.database.snapshot() as session:
        version = session.get_one(Event, importing.event.id).list_version
        plan = plan_table(
            session,
            importing.event,
            table,
            now=context.clock(),
            delegation=importing.delegation,
            alone=importing.alone,
            progress=context.progress,
        )
    sealed = sealed_review(_secret(context), table, plan, version)
    context.at_end(partial(keep_review, sealed=sealed, now=context.clock()))
    context.at_end(partial(_note_review, importing=importing, plan=plan, now=context.clock()))
    return plan.counts


def _note_review(session: Session, importing: Importing, plan: ImportPlan, now: datetime) -> None:
    """Log that somebody was shown what a list would do, with the counts that they saw."""
    of = {"delegation_id": importing.delegation.id} if importing.delegation else {}
    who = {"operator_id": importing.operator_id}
    note(session, importing.event.id, "participants.review", now, **who, **of, **plan.counts)


def _importing(context: JobContext, table: Table) -> Importing:
    claimed = context.claimed
    with context.database.read() as session:
        event = session.get_one(Event, claimed.event_id)
        delegation = session.get_one(Delegation, claimed.delegation_id)
        operator = session.get_one(Operator, claimed.operator_id)
    return Importing(
        event,
        table,
        delegation,
        alone=True,
        withholds_badges=own_delegation(operator) is not None,
        operator_id=operator.id,
    )


def _draft(context: JobContext) -> OpenedDraft:
    claimed = context.claimed
    uploader = Uploader(
        operator_id=claimed.operator_id or 0,
        event_id=claimed.event_id or 0,
        delegation_id=claimed.delegation_id or 0,
    )
    with context.database.read() as session:
        try:
            return opened_draft(session, _secret(context), uploader, context.clock())
        except NotFound as fault:
            raise JobFailed(ProblemCode.LIST_GONE) from fault


def _secret(context: JobContext) -> str:
    secret: str = context.arguments["secret"]
    return secret


def _keep_standing(
    session: Session, draft: OpenedDraft, standing: ImportStanding, context: JobContext
) -> None:
    kept = {"standing": standing.as_json(), "changed_at": context.clock()}
    of = ImportDraft.id == draft.kept.id
    if not session.execute(update(ImportDraft).where(of).values(**kept)).rowcount:  # type: ignore[attr-defined]
        raise JobFailed(ProblemCode.LIST_GONE)
