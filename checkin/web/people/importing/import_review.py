"""The review of an import: a page of rows, each with its planned outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from checkin.domain.common.mail_domains import LIKELY_MISTYPED
from checkin.domain.people.corrections import Corrections
from checkin.domain.people.fields import FIELDS, KEY_OF, Field
from checkin.domain.people.importing.extra_lines import ExtraLine
from checkin.domain.people.importing.importing import WOULD_CHANGE, Action, Row
from checkin.domain.people.importing.row_numbers import row_label
from checkin.domain.people.importing.sheets import HIDDEN, LeftOut
from checkin.services.people.importing.import_reviews import DECIDE, ReviewedRow, Summary
from checkin.web.people.importing.problem_kinds import problem_kind
from checkin.web.site.languages import page_language
from checkin.words.problems import column_name, printed_notes, problem_sentence

#: cells of a column are as wide as the longest text in it, in letters, within these
_NARROWEST, _WIDEST = 6, 34

_CELL = re.compile(r"cell-([0-9]{1,8})-([a-z_]{1,20})")

#: problems that `allow_duplicate` answers
_DISPUTES = frozenset(
    {
        *("taken", "taken_in_file", "same_name_in_file"),
        *("spelt_like_registered", "spelt_like_in_file"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which rows a page of the review shows: of one group (`Summary.groups`), counted from 1."""

    group: str
    number: int

    def __str__(self) -> str:
        return f"{self.group}:{self.number}"

    @property
    def tab(self) -> str:
        """The group without the problem by which it is narrowed."""
        return self.group.partition(":")[0]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of an import with its planned outcome.

    Attributes:
        outcome: what would happen, in a few words.
        problems: a sentence for each problem, which names the column.
        notes: what is to be known of it and hinders nothing: how a name is printed.
        wrong: the columns that have a problem.
        doubtful: something about the row is unusual, and may be right.
        disputed: the row may be a duplicate, and a field of the form says whether it is.
        asks_to_overwrite: it would change somebody, and waits for a word.
        before: (column's name, value now, value then) of what it would change.
    """

    row: Row
    action: Action
    outcome: str
    problems: list[str]
    notes: list[str]
    wrong: frozenset[str]
    doubtful: bool
    disputed: bool
    asks_to_overwrite: bool
    before: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Review:
    """One page of the rows of one group.

    Attributes:
        columns: (key, shown name, writing direction, width in letters) of the cells to be shown.
        counts: rows by action, of the whole list.
        groups: rows by group, of the whole list.
        problems: (group, the problem in words, rows) of each problem by which one may look.
    """

    rows: Sequence[ShownRow]
    columns: Sequence[tuple[str, str, str, int]]
    counts: Mapping[str, int]
    groups: Mapping[str, int]
    problems: Sequence[tuple[str, str, int]]
    place: Place
    last: int
    unknown_columns: Sequence[str]


def place_in(summary: Summary, asked: str, number: int) -> Place:
    """Return the page that is asked for, or else the first one of the rows to correct, if any."""
    group = asked if asked in summary.groups else _first_group(summary.groups)
    return Place(group, min(max(number, 1), summary.last_page(group)))


def place_named(text: str) -> Place | None:
    """Return the place that a form names as `str` does."""
    group, _colon, number = text.rpartition(":")
    if group.partition(":")[0] not in {*Action, DECIDE}:
        return None
    return Place(group, int(number) if number.isdecimal() and len(number) < 6 else 1)


def review_of(summary: Summary, place: Place, page: Sequence[ReviewedRow]) -> Review:
    """Return a page of rows as it is shown."""
    rows = [_shown(reviewed) for reviewed in page]
    return Review(
        rows,
        _columns(summary, rows),
        summary.counts,
        {group: count for group, count in summary.groups.items() if ":" not in group},
        _problems(summary.groups),
        place,
        summary.last_page(place.group),
        summary.unknown_columns,
    )


def sent_corrections(form: MultiDict[str, str]) -> Corrections:
    """Return the corrections of a form; fields that are not of the expected shape are ignored."""
    cells: dict[int, dict[str, str]] = {}
    for name, text in form.items():
        if found := _CELL.fullmatch(name):
            cells.setdefault(int(found[1]), {})[found[2]] = text.strip()
    return Corrections(
        cells,
        set(form.getlist("left-out", type=int)),
        set(form.getlist("right", type=int)),
        set(form.getlist("overwrites", type=int)),
    )


def group_words() -> dict[str, str]:
    """Return the heading over the rows of each group."""
    return {
        "refuse": _("To correct"),
        DECIDE: _("To decide"),
        "add": _("New"),
        "change": _("Changed"),
        "skip": _("Nothing to do"),
    }


def left_out_words(left_out: Sequence[LeftOut]) -> list[tuple[str, int, list[tuple[str, str]]]]:
    """Return why rows of the file are no rows of the list, how many, and the first of them.

    Of each of these the number as it is shown and the text.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for one in left_out:
        found.setdefault(one.reason, []).append((row_label(one.number), one.text))
    words = line_words()
    return [(words[reason], len(rows), rows[:3]) for reason, rows in found.items()]


def line_words() -> dict[str, str]:
    """Return what a line is that is proposed to be left out."""
    return {
        HIDDEN: _("hidden in the file"),
        ExtraLine.SUM: _("a total"),
        ExtraLine.HEADINGS: _("headings again"),
        ExtraLine.REMARK: _("a note or a signature"),
    }


def _first_group(groups: Mapping[str, int]) -> str:
    order = (Action.REFUSE, DECIDE, Action.CHANGE, Action.ADD, Action.SKIP)
    return next((str(group) for group in order if groups.get(group)), str(Action.ADD))


def _problems(groups: Mapping[str, int]) -> list[tuple[str, str, int]]:
    found = []
    for group, count in groups.items():
        _action, colon, problem = group.partition(":")
        if colon:
            column, _colon, code = problem.partition(":")
            found.append((group, _problem_in_short(column, code), count))
    return sorted(found, key=lambda each: -each[2])


def _problem_in_short(column: str, code: str) -> str:
    """Return a problem without what it says of one row: the column's name, and what is wrong."""
    named = {"column": _column_name(column), "problem": problem_kind(code)}
    return str(_("%(column)s: %(problem)s", **named))


def _columns(summary: Summary, rows: Sequence[ShownRow]) -> list[tuple[str, str, str, int]]:
    wrong = frozenset().union(*(row.wrong for row in rows))
    needed = {*summary.columns, *wrong} - {"row"}
    if any(row.disputed for row in rows):
        needed.add("allow_duplicate")
    return [
        (field.key, _column_name(field.key), _direction(field), _width(field.key, rows))
        for field in FIELDS
        if field.key in needed
    ]


def _width(column: str, rows: Sequence[ShownRow]) -> int:
    longest = max((len(row.row.cells.get(column, "")) for row in rows), default=0)
    return min(max(longest + 1, _NARROWEST), _WIDEST)


def _direction(field: Field) -> str:
    # Only a form asks for Arabic letters alone: lists mix both scripts in one column.
    return "ltr" if field.input.dir == "ltr" else "auto"


def _shown(reviewed: ReviewedRow) -> ShownRow:
    return ShownRow(
        reviewed.row,
        reviewed.action,
        _outcome(reviewed),
        [problem_sentence(problem, page_language()) for problem in reviewed.why],
        printed_notes(reviewed.row.cells, page_language()),
        frozenset(problem.column for problem in reviewed.why),
        doubtful=bool(reviewed.row.problems)
        or any(problem.code == LIKELY_MISTYPED for problem in reviewed.why),
        disputed=any(problem.code in _DISPUTES for problem in reviewed.why),
        asks_to_overwrite=any(problem.code == WOULD_CHANGE for problem in reviewed.why),
        before=[
            (_column_name(KEY_OF.get(column, column)), now, then)
            for column, now, then in reviewed.before
        ],
    )


def _outcome(reviewed: ReviewedRow) -> str:
    words = {
        Action.ADD: _("is registered"),
        Action.SKIP: _("stays as it is"),
        Action.REFUSE: _("is left out until it is corrected"),
        Action.CHANGE: _("changes: %(columns)s", columns=_changed(reviewed)),
    }
    outcome = str(words[reviewed.action])
    if [problem.code for problem in reviewed.why] == [WOULD_CHANGE]:
        outcome = _("would change somebody who is registered")
    leads = "bus_leader" in reviewed.changed
    return _("%(outcome)s · leads the bus", outcome=outcome) if leads else outcome


def _changed(reviewed: ReviewedRow) -> str:
    return ", ".join(_column_name(KEY_OF.get(column, column)) for column in reviewed.changed)


def _column_name(column: str) -> str:
    return column_name(column, page_language())
