"""The sheets of a file as they were written, and how they become the rows of a list.

`SheetChoices` holds what whoever uploads the file has chosen: which sheets, what each column means,
which lines are no entries. What is not chosen is guessed, and asked where a guess may be wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checkin.domain.common.blanks import is_blank
from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import Problem
from checkin.domain.people.fields import COLUMNS, HALF_NAMES
from checkin.domain.people.importing.extra_lines import extra_lines
from checkin.domain.people.importing.headings import Columns, guessed_columns
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.name_order import given_name_first
from checkin.domain.people.importing.row_numbers import SHEET_STEP

#: what a column of a file may mean
MEANINGS = (*HALF_NAMES, *COLUMNS)
#: columns of whole names, whose order may be turned around
WHOLE_NAMES = ("name", "name_ar")
HIDDEN = "hidden"
#: instead of a name: the rows are corrected one by one
LATER = "-"
_LONGEST_TEXT = 80
_LONGEST_HEADING = 100


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of a file: its number as a spreadsheet shows it, its cells, and whether it is hidden.

    A row that a filter does not show is hidden, too.
    """

    number: int
    cells: list[str]
    is_hidden: bool = False

    @property
    def text(self) -> str:
        """The beginning of what is written in it, to show which row it is."""
        return " · ".join(cell for cell in self.cells if cell)[:_LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet of a file.

    Attributes:
        name: "" in a file without sheets.
        rows: the line of headings, and the rows under it that are not blank.
        is_hidden: the workbook does not show it.
        is_too_long: it has more rows than a list may have; `rows` are the first ones.
    """

    name: str
    rows: Sequence[RawRow]
    is_hidden: bool = False
    is_too_long: bool = False

    @property
    def headings(self) -> list[str]:
        """The cells of the line of headings."""
        return self.rows[0].cells if self.rows else []

    @property
    def entries(self) -> Sequence[RawRow]:
        """The rows under the headings."""
        return self.rows[1:]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is left out: its number, why (`HIDDEN` or an `ExtraLine`), and its text."""

    number: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class SheetChoices:
    """How the sheets of a file are read.

    Attributes:
        sheets: the positions of those that are read; None for the first one that is visible.
        columns: what a column means by its `heading_keys`; "" leaves it out.
        turned: columns of whole names that are written with the family name first.
        with_hidden: hidden rows are read, too.
        entries: numbers of rows that look like sums or remarks, and are entries all the same.
        values: the name that stands for a text of a column, or `LATER`: by column and folded text.
        defaults: the name that stands for an empty cell of a column, or `LATER`.
    """

    sheets: tuple[int, ...] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()
    with_hidden: bool = False
    entries: frozenset[int] = frozenset()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def default(self, column: str) -> str:
        """Return the name that stands for an empty cell of a column, "" for none."""
        chosen = self.defaults.get(column, "")
        return "" if chosen == LATER else chosen

    def with_values(self, more: Mapping[str, Mapping[str, str]]) -> SheetChoices:
        """Return these choices with more names that stand for texts, by column and folded text."""
        values = {
            column: {**self.values.get(column, {}), **more.get(column, {})}
            for column in {*self.values, *more}
        }
        return replace(self, values=values)

    def as_json(self) -> dict[str, Any]:
        """Return this as a JSON object, which `choices_of` reads."""
        return {
            "sheets": self.sheets,
            "columns": dict(self.columns),
            "turned": sorted(self.turned),
            "with_hidden": self.with_hidden,
            "entries": sorted(self.entries),
            "values": {column: dict(texts) for column, texts in self.values.items()},
            "defaults": dict(self.defaults),
        }


def choices_of(kept: Mapping[str, Any]) -> SheetChoices:
    """Return what `SheetChoices.as_json` has returned."""
    return SheetChoices(
        sheets=None if kept["sheets"] is None else tuple(kept["sheets"]),
        columns=kept["columns"],
        turned=frozenset(kept["turned"]),
        with_hidden=kept["with_hidden"],
        entries=frozenset(kept["entries"]),
        values=kept["values"],
        defaults=kept["defaults"],
    )


def chosen_sheets(sheets: Sequence[RawSheet], choices: SheetChoices) -> list[int]:
    """Return the positions of the sheets that are read."""
    if choices.sheets is not None:
        return [at for at in choices.sheets if 0 <= at < len(sheets)]
    filled = [at for at, sheet in enumerate(sheets) if sheet.entries]
    visible = [at for at in filled if not sheets[at].is_hidden]
    return (visible or filled)[:1]


def heading_keys(headings: Sequence[str]) -> list[str]:
    """Return a name for each column, by which what it means is remembered.

    It is the folded heading; of columns without a heading, or with that of one before them, one
    that tells the position, too.
    """
    keys: list[str] = []
    for at, heading in enumerate(headings):
        folded = fold_name(heading[:_LONGEST_HEADING])
        keys.append(folded if folded and folded not in keys else f"{folded} #{at + 1}".strip())
    return keys


def meanings_of(headings: Sequence[str], chosen: Mapping[str, str]) -> list[str]:
    """Return what each column means, "" for those that are left out.

    What is chosen counts; of the others, no column is guessed to mean what another one means.
    """
    keys = heading_keys(headings)
    found = [chosen.get(key, "") for key in keys]
    taken = {meaning for meaning in found if meaning}
    for at, guess in enumerate(guessed_columns(headings)):
        if keys[at] not in chosen and guess and guess not in taken:
            found[at] = guess
            taken.add(guess)
    return found


def list_of(sheets: Sequence[RawSheet], choices: SheetChoices) -> tuple[list[Row], list[LeftOut]]:
    """Return the rows of a list as the choices read its sheets, and those that are left out."""
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    for order, at in enumerate(chosen_sheets(sheets, choices)):
        sheet = sheets[at]
        meanings = enumerate(meanings_of(sheet.headings, choices.columns))
        known = tuple((at, meaning) for at, meaning in meanings if meaning)
        read, left = rows_of_sheet(
            sheet,
            Columns(known, (), _width(sheet)),
            with_hidden=choices.with_hidden,
            entries=choices.entries,
            first=order * SHEET_STEP,
        )
        rows += read
        left_out += left
    return [_as_chosen(row, choices) for row in rows], left_out


def rows_of_sheet(
    sheet: RawSheet,
    columns: Columns,
    *,
    with_hidden: bool = False,
    entries: Collection[int] = (),
    first: int = 0,
) -> tuple[list[Row], list[LeftOut]]:
    """Return the rows of a sheet that are entries, and those that are left out.

    Rows with nothing in any column that is known, such as those with a number alone, are neither.

    Args:
        first: added to the numbers of the rows.
    """
    shown = [row for row in sheet.entries if with_hidden or not row.is_hidden]
    extra = extra_lines(sheet.headings, [row.cells for row in shown])
    left_out = [
        LeftOut(first + row.number, HIDDEN, row.text)
        for row in sheet.entries
        if row.is_hidden and not with_hidden
    ]
    rows: list[Row] = []
    for at, row in enumerate(shown):
        number = first + row.number
        if at in extra and number not in entries:
            left_out.append(LeftOut(number, extra[at], row.text))
        elif read := _row(columns, number, row.cells):
            rows.append(read)
    return rows, left_out


def texts_in(rows: Iterable[Row], column: str) -> Iterator[str]:
    """Yield what rows have written in a column; "" where they say nothing."""
    for row in rows:
        text = row.cells.get(column, "")
        yield "" if is_blank(text) else text


def _row(columns: Columns, number: int, cells: list[str]) -> Row | None:
    found = columns.cells(cells)
    beyond = next(filter(None, cells[columns.width :]), None)
    problems = (Problem("row", "extra_cells", beyond),) if beyond else ()
    return Row(number, found, problems) if found or problems else None


def _width(sheet: RawSheet) -> int:
    """Return how many columns the sheet has: every one may be chosen, also without a heading."""
    return max((len(row.cells) for row in sheet.rows), default=0)


def _as_chosen(row: Row, choices: SheetChoices) -> Row:
    cells = dict(row.cells)
    for column in choices.turned:
        if column in cells:
            cells[column] = given_name_first(cells[column])
    for column, texts in choices.values.items():
        chosen = texts.get(fold_name(cells.get(column, "")))
        if chosen and chosen != LATER:
            cells[column] = chosen
    # Who the person is depends on the delegation; a category is for people who are new alone.
    default = choices.default("delegation")
    if default and is_blank(cells.get("delegation", "")):
        cells["delegation"] = default
    return row if cells == row.cells else replace(row, cells=cells)
