"""Compare a sheet that was fetched with those who are registered, and keep what waits for a word.

New people are registered by `import_list`; here it is decided which rows are new, and afterwards
what of the sheet was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from checkin.db.models import (
    Event,
    Participant,
    SheetDecision,
    SheetPerson,
    SheetSource,
)
from checkin.domain.integrations.sheets import (
    Found,
    SheetProblem,
    found_in,
    gone,
    lost_columns,
    may_be_accepted,
)
from checkin.domain.people.importing.importing import Action, PlannedRow, Row, still_disputed
from checkin.domain.people.importing.list_questions import questions_of
from checkin.domain.people.importing.sheets import SheetChoices, list_of
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.keys import Keys
from checkin.services.integrations.sheet_fetching import Fetched, SheetFault
from checkin.services.integrations.sheets import sealed_decision
from checkin.services.people.importing.import_drafts import MAX_ROWS
from checkin.services.people.importing.import_plans import known_names, names_of_ids, plan_table
from checkin.services.people.importing.import_reviews import before_of
from checkin.services.spreadsheets.reading import Table, Workbook

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Compared:
    """What a sheet says beside those who are registered.

    Attributes:
        new: rows of people who are to be registered.
        found: what waits for a word.
        people: the participants whom rows mean.
        rows: all rows, as they are compared once the new people are registered: what was asked
            about another row of the sheet is no change of that row's person then.
    """

    new: Sequence[Row]
    found: Sequence[Found]
    people: frozenset[int]
    rows: Sequence[Row]


def table_in(session: Session, event: Event, workbook: Workbook, choices: SheetChoices) -> Table:
    """Return the rows of a sheet, read as it was chosen at the first look.

    Raises:
        SheetFault: columns that were there are not, or it cannot be read so.
    """
    if lost := lost_columns(workbook.sheets, choices):
        raise SheetFault(SheetProblem.COLUMNS, *lost[:5])
    known = known_names(session, event, alone=False)
    if faults := questions_of(workbook.sheets, choices, known, MAX_ROWS).faults:
        if "too_many_rows" in faults:
            raise SheetFault(SheetProblem.UNREADABLE, "too_many_rows", str(MAX_ROWS))
        raise SheetFault(SheetProblem.COLUMNS)
    rows, _left_out = list_of(workbook.sheets, choices)
    return _table(rows, choices, workbook)


def _table(rows: Sequence[Row], choices: SheetChoices, workbook: Workbook) -> Table:
    return Table(
        headers=(),
        rows=list(rows),
        unknown_columns=(),
        encoding=workbook.encoding,
        delimiter=workbook.delimiter,
        default_category=choices.default("category"),
    )


def compare(session: Session, event: Event, table: Table, now: datetime) -> Compared:
    """Return what a sheet says beside those who are registered; nothing is written."""
    plans = plan_table(session, event, table, now=now, asks_before_changes=True).rows
    names = names_of_ids(session, event)
    refused = {plan.row_number: plan for plan in plans if plan.action == Action.REFUSE}
    added = {plan.row_number for plan in plans if plan.action == Action.ADD}
    return Compared(
        [row for row in table.rows if row.number in added],
        [replace(one, before=before_of(plan, names)) for plan, one in found_in(table.rows, plans)],
        _meant(plans),
        [
            still_disputed(row, refused[row.number]) if row.number in refused else row
            for row in table.rows
        ],
    )


def keep_compared(
    session: Session,
    event: Event,
    keys: Keys,
    compared: Compared,
    fetched: Fetched,
    *,
    source_id: int,
    rows: int,
    added: int,
    now: datetime,
) -> dict[str, int]:
    """Keep what waits for a word, and whom the sheet means; return how much of each waits.

    What the sheet says no more is forgotten; what was dismissed stays so as long as it says the
    same.
    """
    held = select(SheetSource).where(SheetSource.id == source_id).with_for_update()
    source = session.scalar(held.execution_options(populate_existing=True))
    if source is None:
        return {}
    asked = [one.row for one in compared.found if one.row is not None]
    found = [*compared.found, *gone(_missed(session, event, source_id, compared.people), asked)]
    _keep_found(session, event, keys, source_id, found, now)
    _keep_people(session, event, source_id, compared.people)
    source.tried_at = source.fetched_at = now
    source.problem, source.details = None, []
    source.etag, source.modified, source.digest = fetched.etag, fetched.modified, fetched.digest
    source.rows = rows
    if added:
        source.added, source.added_at = source.added + added, now
    return {"added": added, "waiting": len(found)}


def forget_version(session: Session, source_id: int) -> None:
    """Let the sheet be read whole the next time, whatever it says."""
    values: dict[str, Any] = {"digest": None, "etag": None, "modified": None}
    session.execute(update(SheetSource).where(SheetSource.id == source_id).values(**values))


def _meant(plans: Sequence[PlannedRow]) -> frozenset[int]:
    return frozenset(one.participant_id for one in plans if one.participant_id is not None)


def _missed(
    session: Session, event: Event, source_id: int, people: frozenset[int]
) -> list[tuple[int, str]]:
    """Return who was in the sheet and is not any more: id and `folded_name`."""
    known = session.execute(
        select(Participant.id, Participant.folded_name)
        .join(
            SheetPerson,
            (SheetPerson.participant_id == Participant.id)
            & (SheetPerson.event_id == Participant.event_id),
        )
        .where(
            SheetPerson.source_id == source_id,
            Participant.event_id == event.id,
            Participant.standing != RegistrationStatus.CANCELED,
            Participant.merged_into.is_(None),
        )
        .order_by(Participant.id)
    )
    return [(number, name) for number, name in known if number not in people]


def _keep_found(
    session: Session,
    event: Event,
    keys: Keys,
    source_id: int,
    found: Sequence[Found],
    now: datetime,
) -> None:
    of_source = SheetDecision.source_id == source_id
    rows = session.execute(select(SheetDecision.mark, SheetDecision.id).where(of_source))
    kept = {row.mark: row.id for row in rows}
    marks = {one.mark for one in found}
    old = [number for mark, number in kept.items() if mark not in marks]
    for at in range(0, len(old), _CHUNK):
        session.execute(delete(SheetDecision).where(SheetDecision.id.in_(old[at : at + _CHUNK])))
    new = [
        {
            "source_id": source_id,
            "event_id": event.id,
            "kind": one.kind,
            "mark": one.mark,
            "sealed": sealed_decision(keys, event.id, one),
            "participant_id": one.participant_id,
            "is_acceptable": may_be_accepted(one.kind, [problem.code for problem in one.why]),
            "found_at": now,
            "dismissed_at": None,
        }
        for one in found
        if one.mark not in kept
    ]
    if new:
        session.execute(insert(SheetDecision), new)


def _keep_people(session: Session, event: Event, source_id: int, people: frozenset[int]) -> None:
    known = set(
        session.scalars(
            select(SheetPerson.participant_id).where(SheetPerson.source_id == source_id)
        )
    )
    new = [
        {"source_id": source_id, "event_id": event.id, "participant_id": one}
        for one in sorted(people - known)
    ]
    if new:
        session.execute(insert(SheetPerson), new)
