"""Fetch the sheets at addresses when it is their time, and do what was decided about their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event, Lane, SheetDecision, SheetSource
from checkin.domain.integrations.sheets import SheetProblem, Waits, accepted
from checkin.domain.people.importing.importing import Action, Row
from checkin.domain.people.importing.sheets import SheetChoices
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.integrations.sheet_fetching import (
    Fetched,
    SheetFault,
    detail_texts,
    fetch,
    record_fault,
    record_same,
)
from checkin.services.integrations.sheet_reading import (
    compare,
    forget_version,
    keep_compared,
    table_in,
)
from checkin.services.integrations.sheets import (
    DECIDE,
    FETCH,
    due_sheets,
    opened_decision,
    opened_sheet,
    start_fetching,
)
from checkin.services.people.importing.import_drafts import MAX_ROWS
from checkin.services.people.importing.import_plans import ImportPlan
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.people.registering.registration import cancel
from checkin.services.spreadsheets.reading import Table
from checkin.services.uploads.tables import read_sheets
from checkin.worker.context import JobContext, Kind, Tools

#: addresses lead to sheets as CSV
_NAME = "sheet.csv"


def fetch_sheet(context: JobContext) -> dict[str, Any]:
    """Fetch a sheet, register who is new, and keep what waits for a word.

    Done again, or by two workers one after the other, it registers nobody twice: whoever is
    registered is no news.

    Returns:
        `added` and `waiting`; or `problem`, why it was not read.
    """
    event = _event(context)
    with context.database.read() as session:
        try:
            opened = opened_sheet(session, context.keys, event)
        except NotFound:  # removed meanwhile
            return {}
    if opened.choices is None:
        return {}
    of, now = opened.kept.id, context.clock()
    try:
        fetched = fetch(context.settings.caller, opened)
        if fetched is not None and fetched.is_new:
            return _read(context, event, of, fetched, opened.choices)
    except SheetFault as fault:
        in_transaction(context.database, partial(record_fault, source_id=of, fault=fault, now=now))
        return {"problem": fault.problem}
    in_transaction(context.database, partial(record_same, source_id=of, now=now))
    return {"added": 0}


def decide(context: JobContext) -> dict[str, Any]:
    """Do what somebody has accepted: of the rows `ids`, or else of all that wait of a `kind`.

    Returns:
        `accepted`, and `left`: how many are refused all the same.
    """
    event = _event(context)
    decisions = _accepted(context, event)
    rows: dict[int, tuple[int, Row]] = {}
    people: list[tuple[int, int]] = []
    for one in decisions:
        if one.kind == Waits.GONE and one.participant_id is not None:
            people.append((one.id, one.participant_id))
        elif opened := opened_decision(context.keys, one):
            row, why, _before = opened
            number = row.number if row.number not in rows else max(rows) + 1
            row = replace(accepted(row, [problem.code for problem in why]), number=number)
            rows[number] = (one.id, row)
    done = _registered(context, event, rows)
    for at, (number, person) in enumerate(people, 1):
        in_transaction(context.database, partial(_cancel, context, event, number, person))
        context.progress(len(rows) + at, len(rows) + len(people))
    context.at_end(partial(_settled, event_id=event.id, ids=done))
    count = len(done) + len(people)
    return {"accepted": count, "left": len(decisions) - count}


#: Not behind everybody else: on SQLite scans wait while they hold the lock of a batch.
SHEET_FETCH = Kind(FETCH, Lane.UPLOADS, fetch_sheet, niceness=0, ends_within_s=33)
SHEET_DECIDE = Kind(DECIDE, Lane.UPLOADS, decide, niceness=0)


def fetch_sheets(tools: Tools) -> None:
    """Ask for a job for each sheet that is due."""
    now = tools.clock()
    with tools.database.read() as session:
        event_ids = due_sheets(session, now)
    for event_id in event_ids:
        in_transaction(
            tools.database, partial(start_fetching, keys=tools.keys, event_id=event_id, now=now)
        )


def _read(
    context: JobContext, event: Event, source_id: int, fetched: Fetched, choices: SheetChoices
) -> dict[str, Any]:
    try:
        workbook = read_sheets(fetched.content, _NAME, most_rows=MAX_ROWS)
    except UnreadableFile as fault:
        details = detail_texts((fault.reason, *fault.facts))
        raise SheetFault(SheetProblem.UNREADABLE, *details) from fault
    with context.database.snapshot() as session:
        table = table_in(session, event, workbook, choices)
        compared = compare(session, event, table, context.clock())
    added = 0
    if compared.new:
        added = _import(context, event, replace(table, rows=list(compared.new))).counts[Action.ADD]
        with context.database.snapshot() as session:
            rest = replace(table, rows=list(compared.rows))
            compared = compare(session, event, rest, context.clock())
    return in_transaction(
        context.database,
        partial(
            keep_compared,
            event=event,
            keys=context.keys,
            compared=compared,
            fetched=fetched,
            source_id=source_id,
            rows=len(table.rows),
            added=added,
            now=context.clock(),
        ),
    )


def _import(context: JobContext, event: Event, table: Table) -> ImportPlan:
    """Register rows as those of an uploaded list, and return what became of them."""
    importing = Importing(
        event, table, asks_before_changes=True, operator_id=context.claimed.operator_id
    )

    def record(session: Session, standing: ImportStanding) -> None:
        context.progress_within(session, standing.done, len(table.rows))

    return import_list(context.database, importing, context.keys, context.clock, record=record)


def _accepted(context: JobContext, event: Event) -> Sequence[SheetDecision]:
    given = context.arguments
    which = (
        [SheetDecision.id.in_(given["ids"])]
        if given["ids"]
        else [SheetDecision.kind == given["kind"]]
    )
    with context.database.read() as session:
        return session.scalars(
            select(SheetDecision)
            .join(SheetSource, SheetSource.id == SheetDecision.source_id)
            .where(
                SheetSource.event_id == event.id,
                SheetDecision.is_acceptable,
                SheetDecision.dismissed_at.is_(None),
                *which,
            )
            .order_by(SheetDecision.id)
        ).all()


def _registered(context: JobContext, event: Event, rows: dict[int, tuple[int, Row]]) -> list[int]:
    """Register accepted rows, and return the ids of those that are refused no more."""
    if not rows:
        return []
    with context.database.read() as session:
        kept = opened_sheet(session, context.keys, event)
    default = kept.choices.default("category") if kept.choices else ""
    table = Table((), [row for _id, row in rows.values()], (), "", "", default_category=default)
    plan = _import(context, event, table)
    refused = {one.row_number for one in plan.rows if one.action == Action.REFUSE}
    return [of for number, (of, _row) in rows.items() if number not in refused]


def _cancel(
    context: JobContext, event: Event, decision_id: int, participant_id: int, session: Session
) -> None:
    by = context.claimed.operator_id
    cancel(session, event, participant_id, now=context.clock(), operator_id=by)
    session.execute(delete(SheetDecision).where(SheetDecision.id == decision_id))


def _settled(session: Session, event_id: int, ids: Sequence[int]) -> None:
    for at in range(0, len(ids), 500):
        session.execute(delete(SheetDecision).where(SheetDecision.id.in_(ids[at : at + 500])))
    source = select(SheetSource.id).where(SheetSource.event_id == event_id)
    if (number := session.scalar(source)) is not None:
        forget_version(session, number)


def _event(context: JobContext) -> Event:
    with context.database.read() as session:
        return session.get_one(Event, context.claimed.event_id)
