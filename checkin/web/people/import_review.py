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
from checkin.domain.people.importing import Action, Row
from checkin.services.people.import_reviews import ReviewedRow, Summary
from checkin.web.site.languages import page_language
from checkin.words.problems import column_name, printed_notes, problem_sentence

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
    """Which rows a page of the review shows: of one outcome, counted from 1."""

    action: Action
    number: int

    def __str__(self) -> str:
        return f"{self.action}:{self.number}"


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
    """

    row: Row
    action: Action
    outcome: str
    problems: list[str]
    notes: list[str]
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
    place: Place
    last: int
    unknown_columns: Sequence[str]


def place_in(summary: Summary, asked: str, number: int) -> Place:
    """Return the page that is asked for, or else the first one of the rows to correct, if any."""
    action = _shown_action(summary.counts, asked)
    return Place(action, min(max(number, 1), summary.last_page(action)))


def place_named(text: str) -> Place | None:
    """Return the place that a form names as `str` does."""
    action, _colon, number = text.partition(":")
    if action not in set(Action):
        return None
    return Place(Action(action), int(number) if number.isdecimal() and len(number) < 6 else 1)


def review_of(summary: Summary, place: Place, page: Sequence[ReviewedRow]) -> Review:
    """Return a page of rows as it is shown."""
    rows = [_shown(reviewed) for reviewed in page]
    return Review(
        rows,
        _columns(summary, rows),
        summary.counts,
        place,
        summary.last_page(place.action),
        summary.unknown_columns,
    )


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


def _columns(summary: Summary, rows: Sequence[ShownRow]) -> list[tuple[str, str, str]]:
    wrong = frozenset().union(*(row.wrong for row in rows))
    needed = {*summary.columns, *wrong} - {"row"}
    if any(row.disputed for row in rows):
        needed.add("allow_duplicate")
    return [(f.key, _column_name(f.key), _direction(f)) for f in FIELDS if f.key in needed]


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
    )


def _outcome(reviewed: ReviewedRow) -> str:
    words = {
        Action.ADD: _("is registered"),
        Action.SKIP: _("stays as it is"),
        Action.REFUSE: _("is left out until it is corrected"),
        Action.CHANGE: _("changes: %(columns)s", columns=_changed(reviewed)),
    }
    outcome = str(words[reviewed.action])
    leads = "bus_leader" in reviewed.changed
    return _("%(outcome)s · leads the bus", outcome=outcome) if leads else outcome


def _changed(reviewed: ReviewedRow) -> str:
    return ", ".join(_column_name(KEY_OF.get(column, column)) for column in reviewed.changed)


def _column_name(column: str) -> str:
    return column_name(column, page_language())
