"""The review of an uploaded list: what would happen to its rows, kept in pages with the draft.

A page is shown without the others, and without planning anything anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from checkin.db.models import ImportDraft, ImportPage
from checkin.domain.common.problems import Problem
from checkin.domain.people.corrections import columns_in
from checkin.domain.people.importing import Action, PlannedRow, Row
from checkin.domain.people.unreadable import UnreadableFile
from checkin.services.people.import_drafts import (
    OpenedDraft,
    draft_id,
    seal,
    sealed_table,
    unseal,
)
from checkin.services.people.import_plans import ImportPlan
from checkin.services.spreadsheets.reading import Table
from checkin.services.spreadsheets.table_json import (
    problem_as_json,
    problem_of,
    row_as_json,
    row_of,
)

PAGE_SIZE = 25
_SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """A row of a list with what would happen to it.

    Attributes:
        changed: what it would change, as `PlannedRow.changes` calls it; of a new person, their bus.
    """

    row: Row
    action: Action
    why: tuple[Problem, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a review says of the whole list.

    Attributes:
        counts: rows by action.
        columns: those with a text in any row.
        list_version: the state of the event that the rows were compared with.
    """

    counts: Mapping[str, int]
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    list_version: int

    def last_page(self, action: Action) -> int:
        """Return the number of the last page of an action's rows, counted from 1."""
        return max(1, -(-self.counts[action] // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class SealedReview:
    """A list and its review, encrypted and ready to be kept: that is done without a transaction."""

    secret: str
    table: bytes
    summary: bytes
    pages: Sequence[Mapping[str, Any]]


def sealed_review(secret: str, table: Table, plan: ImportPlan, list_version: int) -> SealedReview:
    """Encrypt a list and its review."""
    columns = columns_in(table.rows)
    summary = Summary(plan.counts, columns, table.unknown_columns, list_version)
    return SealedReview(
        secret,
        sealed_table(secret, table),
        _sealed_json(secret, _SUMMARY, _summary_as_json(summary)),
        list(_pages(secret, table, plan)),
    )


def keep_review(session: Session, sealed: SealedReview, now: datetime) -> None:
    """Keep a list with its review, instead of what its draft has kept; nothing if that is gone."""
    kept = {"sealed": sealed.table, "summary": sealed.summary, "standing": None, "changed_at": now}
    number = draft_id(sealed.secret)
    changed = session.execute(update(ImportDraft).where(ImportDraft.id == number).values(**kept))
    session.execute(delete(ImportPage).where(ImportPage.draft_id == number))
    if changed.rowcount and sealed.pages:  # type: ignore[attr-defined]
        session.connection().execute(insert(ImportPage), sealed.pages)


def keep_unreadable(session: Session, secret: str, fault: UnreadableFile, now: datetime) -> None:
    """Keep why a file cannot be read, encrypted as the file was, and erase the file."""
    why = _sealed_json(secret, _SUMMARY, {"unreadable": [fault.reason, *fault.facts]})
    kept = {"sealed": b"", "summary": why, "changed_at": now}
    session.execute(update(ImportDraft).where(ImportDraft.id == draft_id(secret)).values(**kept))


def summary_of(draft: OpenedDraft) -> Summary:
    """Return what the review says of the whole list.

    Raises:
        UnreadableFile: the file could not be read.
        ValueError: it was not read yet.
    """
    if draft.kept.summary is None:
        raise ValueError("no job has read this file yet")
    kept = json.loads(unseal(draft.secret, _SUMMARY, draft.kept.summary))
    if "unreadable" in kept:
        raise UnreadableFile(*kept["unreadable"])
    columns, unknown = tuple(kept["columns"]), tuple(kept["unknown_columns"])
    return Summary(kept["counts"], columns, unknown, kept["list_version"])


def page_of(session: Session, draft: OpenedDraft, action: Action, number: int) -> list[ReviewedRow]:
    """Return a page of the rows to which this would happen; empty if there is none."""
    page = session.get(ImportPage, (draft.kept.id, action, number))
    if page is None:
        return []
    kept = json.loads(unseal(draft.secret, _place(action, number), page.sealed))
    return [_reviewed(action, *row) for row in kept]


def _pages(secret: str, table: Table, plan: ImportPlan) -> Iterator[dict[str, Any]]:
    rows = {row.number: row for row in table.rows}
    by_action: dict[Action, list[PlannedRow]] = defaultdict(list)
    for planned in plan.rows:
        by_action[planned.action].append(planned)
    for action, all_of in by_action.items():
        for at in range(0, len(all_of), PAGE_SIZE):
            number = at // PAGE_SIZE + 1
            page = [_as_json(rows[one.row_number], one) for one in all_of[at : at + PAGE_SIZE]]
            yield {
                "draft_id": draft_id(secret),
                "action": action,
                "number": number,
                "sealed": _sealed_json(secret, _place(action, number), page),
            }


def _as_json(row: Row, planned: PlannedRow) -> list[Any]:
    why = [problem_as_json(problem) for problem in planned.why]
    changed = planned.changes if planned.action == Action.CHANGE else planned.of_bus
    return [row_as_json(row), why, list(changed)]


def _reviewed(action: Action, row: list[Any], why: list[Any], changed: list[str]) -> ReviewedRow:
    problems = tuple(problem_of(problem) for problem in why)
    return ReviewedRow(row_of(row), action, problems, tuple(changed))


def _summary_as_json(summary: Summary) -> dict[str, Any]:
    return {
        "counts": summary.counts,
        "columns": summary.columns,
        "unknown_columns": summary.unknown_columns,
        "list_version": summary.list_version,
    }


def _sealed_json(secret: str, place: str, value: Any) -> bytes:
    return seal(secret, place, json.dumps(value).encode())


def _place(action: Action, number: int) -> str:
    return f"{action}:{number}"
