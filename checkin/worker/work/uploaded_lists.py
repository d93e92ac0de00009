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
from checkin.domain.people.importing.importing import Row, still_disputed
from checkin.domain.people.importing.list_questions import proposed_choices, questions_of
from checkin.domain.people.importing.sheets import SheetChoices, choices_of, list_of
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.common.activity import note
from checkin.services.events.events import only_category
from checkin.services.integrations.sheets import keep_choices
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.people.importing.import_drafts import (
    MAX_ROWS,
    OpenedDraft,
    Uploader,
    draft_id,
    forget_draft,
    opened_draft,
    sealed_source,
)
from checkin.services.people.importing.import_plans import (
    ImportPlan,
    known_names,
    names_of_ids,
    plan_table,
)
from checkin.services.people.importing.import_reviews import (
    Names,
    keep_questions,
    keep_review,
    keep_source,
    keep_unreadable,
    sealed_review,
)
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.people.importing.list_headings import remembered_headings
from checkin.services.spreadsheets.reading import Table, Workbook, refuse_too_long
from checkin.services.uploads.tables import read_sheets
from checkin.worker.context import JobContext, Kind


def read(context: JobContext) -> dict[str, Any]:
    """Read an uploaded file, and keep it with what is to be asked about it, or with its review.

    Raises:
        JobFailed: it is no list; its draft keeps why.
    """
    file = _draft(context).file()
    try:
        workbook = read_sheets(file.content, file.name, most_rows=MAX_ROWS)
        if len(workbook.sheets) == 1:
            refuse_too_long(workbook.sheets[0], MAX_ROWS)
    except UnreadableFile as fault:
        kept = partial(keep_unreadable, secret=_secret(context), fault=fault, now=context.clock())
        in_transaction(context.database, kept)
        raise JobFailed(ProblemCode.UNREADABLE_LIST) from fault
    importing = _importing(context, _NO_TABLE)
    with context.database.read() as session:
        remembered = remembered_headings(session, importing.event)
        only = only_category(session, importing.event)
    choices = proposed_choices(workbook.sheets, remembered, only)
    return _settle(context, workbook, choices, is_first=True)


def settle(context: JobContext) -> dict[str, Any]:
    """Read the sheets of a file as it was chosen, and ask what is still open, or keep a review.

    The argument `choices` is a `SheetChoices` as JSON, or None for those that were made before;
    `asks` says that somebody wants to see the questions again.
    """
    workbook, choices = _draft(context).source()
    if given := context.arguments["choices"]:
        choices = choices_of(given)
    return _settle(context, workbook, choices, asks=context.arguments["asks"])


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
    corrections = Corrections(
        cells, set(given["left_out"]), set(given["right"]), set(given["overwrites"])
    )
    table = replace(table, rows=correct(rows, corrections))
    if whole := given["all"]:
        table = replace(table, rows=_all_decided(context, table, overwrites=whole == "overwrite"))
    counts = _review(context, table)
    return {**counts, "was_to_register": given["was_to_register"]}


def register(context: JobContext) -> dict[str, Any]:
    """Register what is right in a list, from where that stands on; keep what is not.

    Returns:
        How many rows have added, changed, skipped and refused, in all attempts; and
        `announcement`, the id of what would tell whom the list has moved, or put on a reserve list,
        and `run`, by which it is taken back.
    """
    draft = _draft(context)
    importing = _importing(context, draft.table())
    total, standing = len(importing.table.rows), draft.standing or ImportStanding()

    def record(session: Session, reached: ImportStanding) -> None:
        nonlocal standing
        standing = reached
        _keep_standing(session, draft, reached, context)
        context.progress_within(session, reached.done, total)

    done = import_list(
        context.database, importing, context.keys, context.clock, standing=standing, record=record
    )
    plans = {planned.row_number: planned for planned in done.rows}
    refused = [
        still_disputed(row, plans[row.number]) if row.number in plans else row
        for row in standing.left_of(importing.table.rows)
    ]
    if refused:
        _review(context, replace(importing.table, rows=refused))
    else:
        context.at_end(partial(forget_draft, secret=draft.secret))
    told = {"announcement": standing.announcement_id, "run": standing.run_id}
    return {**standing.counts, **told}


_NO_TABLE = Table((), [], (), "", "")

LIST_READ = Kind("list_read", Lane.UPLOADS, read)
LIST_SETTLE = Kind("list_settle", Lane.UPLOADS, settle)
LIST_CHECK = Kind("list_check", Lane.UPLOADS, check)
#: Not behind everybody else: on SQLite scans wait while it holds the lock of a batch.
LIST_REGISTER = Kind("list_register", Lane.UPLOADS, register, niceness=0)


def _settle(
    context: JobContext,
    workbook: Workbook,
    choices: SheetChoices,
    *,
    asks: bool = False,
    is_first: bool = False,
) -> dict[str, Any]:
    """Keep what is to be asked about a file; if nothing is, keep its list with a review."""
    importing = _importing(context, _NO_TABLE)
    with context.database.read() as session:
        known = known_names(session, importing.event, alone=importing.alone)
    questions = questions_of(workbook.sheets, choices, known, MAX_ROWS)
    source = sealed_source(_secret(context), workbook, choices)
    is_open = not questions.is_answered(choices)
    if asks or is_open or (is_first and questions.is_to_be_seen(choices)):
        keep = partial(keep_questions, secret=_secret(context), source=source)
        context.at_end(partial(keep, questions=questions, now=context.clock()))
        return {"asks": True}
    rows, left_out = list_of(workbook.sheets, choices)
    unknown = tuple(
        column.heading for column in questions.columns if not column.meaning and column.samples
    )
    table = Table(
        headers=(),
        rows=rows,
        unknown_columns=unknown,
        encoding=workbook.encoding,
        delimiter=workbook.delimiter,
        left_out=tuple(left_out),
        default_category=choices.default("category"),
    )
    counts = _review(context, table)
    look = partial(keep_choices, draft_id=draft_id(_secret(context)), sheets=workbook.sheets)
    context.at_end(partial(look, choices=choices, now=context.clock()))
    context.at_end(partial(keep_source, secret=_secret(context), source=source))
    return counts


def _planned(context: JobContext, importing: Importing) -> tuple[ImportPlan, int, Names]:
    """Return a list's plan, the state of the event that it was planned on, and names for ids."""
    with context.database.snapshot() as session:
        version = session.get_one(Event, importing.event.id).list_version
        plan = plan_table(
            session,
            importing.event,
            importing.table,
            now=context.clock(),
            delegation=importing.delegation,
            alone=importing.alone,
            asks_before_changes=importing.asks_before_changes,
            progress=context.progress,
        )
        return plan, version, names_of_ids(session, importing.event)


def _all_decided(context: JobContext, table: Table, *, overwrites: bool) -> list[Row]:
    """Return the rows with all that would change somebody confirmed, or else left out."""
    plan, _version, _names = _planned(context, _importing(context, table))
    asking = {planned.row_number for planned in plan.rows if planned.asks_to_overwrite}
    if not overwrites:
        return [row for row in table.rows if row.number not in asking]
    return [replace(row, overwrites=row.overwrites or row.number in asking) for row in table.rows]


def _review(context: JobContext, table: Table) -> dict[str, Any]:
    """Plan a list, and keep it with its review when the job ends."""
    importing = _importing(context, table)
    plan, version, names = _planned(context, importing)
    sealed = sealed_review(_secret(context), table, plan, version, names)
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
        of = claimed.delegation_id
        delegation = session.get_one(Delegation, of) if of else None
        operator = session.get_one(Operator, claimed.operator_id)
    return Importing(
        event,
        table,
        delegation,
        alone=delegation is not None,
        asks_before_changes=True,
        withholds_badges=own_delegation(operator) is not None,
        operator_id=operator.id,
    )


def _draft(context: JobContext) -> OpenedDraft:
    claimed = context.claimed
    uploader = Uploader(
        operator_id=claimed.operator_id or 0,
        event_id=claimed.event_id or 0,
        delegation_id=claimed.delegation_id,
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
