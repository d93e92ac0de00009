"""The review of an uploaded list: what would happen to its rows, kept in pages with the draft.

A page is shown without the others, and without planning anything anew.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from checkin.db.models import ImportDraft, ImportPage
from checkin.domain.common.problems import Problem
from checkin.domain.people.corrections import columns_in
from checkin.domain.people.importing.importing import Action, PlannedRow, Row
from checkin.domain.people.importing.list_questions import Questions
from checkin.domain.people.importing.sheets import LeftOut
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.people.importing.import_drafts import (
    OpenedDraft,
    draft_id,
    seal,
    sealed_table,
    unseal,
)
from checkin.services.people.importing.import_plans import ImportPlan
from checkin.services.spreadsheets.reading import Table
from checkin.services.spreadsheets.table_json import (
    problem_as_json,
    problem_of,
    row_as_json,
    row_of,
)

PAGE_SIZE = 25
#: the group of rows that wait for a word whether they may change somebody
DECIDE = "decide"
_SUMMARY = "summary"

#: what the ids in `PlannedRow.changes` are called, by column and id
Names = Mapping[str, Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """A row of a list with what would happen to it.

    Attributes:
        changed: what it would change, as `PlannedRow.changes` calls it; of a new person, their bus.
        before: (column, value now, value then) of each that it would change of somebody registered.
    """

    row: Row
    action: Action
    why: tuple[Problem, ...]
    changed: tuple[str, ...]
    before: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a review says of the whole list.

    Attributes:
        counts: rows by action.
        columns: those with a text in any row.
        list_version: the state of the event that the rows were compared with.
        groups: rows by what is shown together: by action, those of `DECIDE` apart, and those with
            a problem, "refuse:column:code".
        left_out: the rows of the file that are no rows of the list.
        added: new people by the delegation's id.
    """

    counts: Mapping[str, int]
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    list_version: int
    groups: Mapping[str, int]
    left_out: tuple[LeftOut, ...] = ()
    added: Mapping[int, int] = field(default_factory=dict)

    def last_page(self, group: str) -> int:
        """Return the number of the last page of a group's rows, counted from 1."""
        return max(1, -(-self.groups.get(group, 0) // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class SealedReview:
    """A list and its review, encrypted and ready to be kept: that is done without a transaction."""

    secret: str
    table: bytes
    summary: bytes
    pages: Sequence[Mapping[str, Any]]


def sealed_review(
    secret: str, table: Table, plan: ImportPlan, list_version: int, names: Names
) -> SealedReview:
    """Encrypt a list and its review."""
    groups = _groups(plan)
    summary = Summary(
        plan.counts,
        columns_in(table.rows),
        table.unknown_columns,
        list_version,
        {group: len(rows) for group, rows in groups.items()},
        table.left_out,
        Counter(row.changes["delegation_id"] for row in plan.rows if row.action == Action.ADD),
    )
    return SealedReview(
        secret,
        sealed_table(secret, table),
        _sealed_json(secret, _SUMMARY, _summary_as_json(summary)),
        list(_pages(secret, table, groups, names)),
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


def keep_questions(
    session: Session, secret: str, source: bytes, questions: Questions, now: datetime
) -> None:
    """Keep what is asked about a file, with its sheets; nothing if its draft is gone."""
    kept = {
        "sealed": b"",
        "source": source,
        "summary": _sealed_json(secret, _SUMMARY, {"questions": questions.as_json()}),
        "standing": None,
        "changed_at": now,
    }
    number = draft_id(secret)
    session.execute(update(ImportDraft).where(ImportDraft.id == number).values(**kept))
    session.execute(delete(ImportPage).where(ImportPage.draft_id == number))


def keep_source(session: Session, secret: str, source: bytes) -> None:
    """Keep the sheets of a file beside the list that was made of them."""
    wanted = ImportDraft.id == draft_id(secret)
    session.execute(update(ImportDraft).where(wanted).values(source=source))


def asked_about(draft: OpenedDraft) -> dict[str, Any] | None:
    """Return what is asked about a file, as `Questions.as_json`; None if nothing is.

    Raises:
        UnreadableFile: the file could not be read.
        ValueError: it was not read yet.
    """
    asked: dict[str, Any] | None = _kept_summary(draft).get("questions")
    return asked


def summary_of(draft: OpenedDraft) -> Summary:
    """Return what the review says of the whole list.

    Raises:
        UnreadableFile: the file could not be read.
        ValueError: it was not read yet.
    """
    kept = _kept_summary(draft)
    return Summary(
        kept["counts"],
        tuple(kept["columns"]),
        tuple(kept["unknown_columns"]),
        kept["list_version"],
        kept["groups"],
        tuple(LeftOut(*one) for one in kept["left_out"]),
        {int(of): count for of, count in kept["added"].items()},
    )


def _kept_summary(draft: OpenedDraft) -> dict[str, Any]:
    if draft.kept.summary is None:
        raise ValueError("no job has read this file yet")
    kept: dict[str, Any] = json.loads(unseal(draft.secret, _SUMMARY, draft.kept.summary))
    if "unreadable" in kept:
        raise UnreadableFile(*kept["unreadable"])
    return kept


def page_of(session: Session, draft: OpenedDraft, group: str, number: int) -> list[ReviewedRow]:
    """Return a page of a group's rows; empty if there is none."""
    page = session.get(ImportPage, (draft.kept.id, group, number))
    if page is None:
        return []
    kept = json.loads(unseal(draft.secret, _place(group, number), page.sealed))
    return [_reviewed(*row) for row in kept]


def _groups(plan: ImportPlan) -> dict[str, list[PlannedRow]]:
    groups: dict[str, list[PlannedRow]] = defaultdict(list)
    for planned in plan.rows:
        if planned.asks_to_overwrite:
            groups[DECIDE].append(planned)
            continue
        groups[planned.action].append(planned)
        if planned.action == Action.REFUSE:
            for column, code in dict.fromkeys((one.column, one.code) for one in planned.why):
                groups[f"{Action.REFUSE}:{column}:{code}"].append(planned)
    return groups


def _pages(
    secret: str, table: Table, groups: Mapping[str, Sequence[PlannedRow]], names: Names
) -> Iterator[dict[str, Any]]:
    rows = {row.number: row for row in table.rows}
    for group, all_of in groups.items():
        for at in range(0, len(all_of), PAGE_SIZE):
            number = at // PAGE_SIZE + 1
            page = [
                _as_json(rows[one.row_number], one, names) for one in all_of[at : at + PAGE_SIZE]
            ]
            yield {
                "draft_id": draft_id(secret),
                "action": group,
                "number": number,
                "sealed": _sealed_json(secret, _place(group, number), page),
            }


def before_of(planned: PlannedRow, names: Names) -> tuple[tuple[str, str, str], ...]:
    """Return (column, value now, value then) of each that a row would change of somebody."""
    return tuple(
        (
            column,
            _text(names, column, planned.before[column]),
            _text(names, column, planned.changes[column]),
        )
        for column in planned.before
    )


def _as_json(row: Row, planned: PlannedRow, names: Names) -> list[Any]:
    why = [problem_as_json(problem) for problem in planned.why]
    changed = planned.of_bus if planned.action == Action.ADD else planned.changes
    return [row_as_json(row), planned.action, why, list(changed), before_of(planned, names)]


def _text(names: Names, column: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "✓"
    return names.get(column, {}).get(value) or str(value)


def _reviewed(
    row: list[Any], action: str, why: list[Any], changed: list[str], before: list[list[str]]
) -> ReviewedRow:
    problems = tuple(problem_of(problem) for problem in why)
    told = tuple((column, now, then) for column, now, then in before)
    return ReviewedRow(row_of(row), Action(action), problems, tuple(changed), told)


def _summary_as_json(summary: Summary) -> dict[str, Any]:
    return {
        "counts": summary.counts,
        "columns": summary.columns,
        "unknown_columns": summary.unknown_columns,
        "list_version": summary.list_version,
        "groups": summary.groups,
        "left_out": [[one.number, one.reason, one.text] for one in summary.left_out],
        "added": summary.added,
    }


def _sealed_json(secret: str, place: str, value: Any) -> bytes:
    return seal(secret, place, json.dumps(value).encode())


def _place(group: str, number: int) -> str:
    return f"{group}:{number}"
