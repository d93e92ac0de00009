"""The review of an import: a page of rows, each with its planned outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from checkin.domain.people.corrections import Corrections, columns_in
from checkin.domain.people.fields import FIELDS, KEY_OF, Field
from checkin.domain.people.importing import Action, PlannedRow, Row
from checkin.services.people.importing import ImportPlan
from checkin.services.spreadsheets.reading import Table
from checkin.web.site.languages import page_language
from checkin.words.problems import column_name, problem_sentence

PAGE_SIZE = 25
_CELL = re.compile(r"cell-([0-9]{1,8})-([a-z_]{1,20})")

#: problems that `allow_duplicate` answers
_DISPUTES = frozenset({"taken", "taken_in_file", "taken_elsewhere", "same_name_in_file"})


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of an import with its planned outcome.

    Attributes:
        outcome: what would happen, in a few words.
        problems: a sentence for each problem, which names the column.
        wrong: the columns that have a problem.
        doubtful: reading the row showed something unusual, which may be right.
        disputed: the row may be a duplicate, and a field of the form says whether it is.
    """

    row: Row
    action: Action
    outcome: str
    problems: list[str]
    wrong: frozenset[str]
    doubtful: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class Review:
    """One page of the rows of one outcome.

    Attributes:
        columns: (key, shown name, writing direction) of the cells to be shown.
        counts: rows by action, of the whole list.
    """

    rows: Sequence[ShownRow]
    columns: Sequence[tuple[str, str, str]]
    counts: Mapping[str, int]
    shown: Action
    number: int
    last: int
    unknown_columns: Sequence[str]


def review_of(table: Table, plan: ImportPlan, asked: str, number: int) -> Review:
    """Return a page of rows: of the outcome asked for, else refused ones, else the first kind."""
    counts = plan.counts
    shown = _shown_action(counts, asked)
    chosen = [row for row in plan.rows if row.action == shown]
    last = max(1, -(-len(chosen) // PAGE_SIZE))
    number = min(max(number, 1), last)
    by_number = {row.number: row for row in table.rows}
    page = chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rows = [_shown(planned, by_number[planned.row_number]) for planned in page]
    columns = _columns(table, rows)
    return Review(rows, columns, counts, shown, number, last, table.unknown_columns)


def sent_corrections(form: MultiDict[str, str]) -> Corrections:
    """Return the corrections of a form; fields that are not of the expected shape are ignored."""
    cells: dict[int, dict[str, str]] = {}
    for name, text in form.items():
        if found := _CELL.fullmatch(name):
            cells.setdefault(int(found[1]), {})[found[2]] = text.strip()
    return Corrections(
        cells, set(form.getlist("left-out", type=int)), set(form.getlist("right", type=int))
    )


def action_words() -> dict[str, str]:
    """Return the heading over the rows of each outcome."""
    return {
        "refuse": _("To correct"),
        "add": _("New"),
        "change": _("Changed"),
        "skip": _("Nothing to do"),
    }


def _shown_action(counts: Mapping[str, int], asked: str) -> Action:
    if asked in set(Action):
        return Action(asked)
    order = (Action.REFUSE, Action.CHANGE, Action.ADD, Action.SKIP)
    return next((action for action in order if counts[action]), Action.ADD)


def _columns(table: Table, rows: Sequence[ShownRow]) -> list[tuple[str, str, str]]:
    wrong = frozenset().union(*(row.wrong for row in rows))
    needed = {*columns_in(table.rows), *wrong} - {"row"}
    if any(row.disputed for row in rows):
        needed.add("allow_duplicate")
    return [(f.key, _column_name(f.key), _direction(f)) for f in FIELDS if f.key in needed]


def _direction(field: Field) -> str:
    # Only a form asks for Arabic letters alone: lists mix both scripts in one column.
    return "ltr" if field.input.dir == "ltr" else "auto"


def _shown(planned: PlannedRow, row: Row) -> ShownRow:
    return ShownRow(
        row,
        planned.action,
        _outcome(planned),
        [problem_sentence(problem, page_language()) for problem in planned.why],
        frozenset(problem.column for problem in planned.why),
        doubtful=bool(row.problems),
        disputed=any(problem.code in _DISPUTES for problem in planned.why),
    )


def _outcome(planned: PlannedRow) -> str:
    words = {
        Action.ADD: _("is registered"),
        Action.SKIP: _("stays as it is"),
        Action.REFUSE: _("is left out until it is corrected"),
    }
    if planned.action != Action.CHANGE:
        return str(words[planned.action])
    changed = ", ".join(_column_name(KEY_OF[column]) for column in planned.changes)
    return str(_("changes: %(columns)s", columns=changed))


def _column_name(column: str) -> str:
    return column_name(column, page_language())
