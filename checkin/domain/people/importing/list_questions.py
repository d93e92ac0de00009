"""What is asked about the sheets of a file before its rows are checked.

Nothing is registered as something that nobody has chosen: which sheets, what a column means,
whether a line is an entry, what an unknown or an empty category stands for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any

from checkin.domain.common.choices import Choices
from checkin.domain.common.names import fold_name
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.name_order import NameOrder, given_name_first, likely_order
from checkin.domain.people.importing.row_numbers import row_label
from checkin.domain.people.importing.sheets import (
    WHOLE_NAMES,
    LeftOut,
    RawSheet,
    SheetChoices,
    chosen_sheets,
    heading_keys,
    list_of,
    meanings_of,
    texts_in,
)

_SAMPLES = 3
_LONGEST_SAMPLE = 40
#: a longer name could not be created
_LONGEST_VALUE = 121
#: different unknown values that are asked about; rows with others are corrected one by one
MOST_VALUES = 60
_MOST_LINES = 100
_ALIKE = 0.8
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class AskedSheet:
    """A sheet that may be read; `position` is its place among all of the file's, from 0."""

    position: int
    name: str
    rows: int
    is_read: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """A column of the sheets that are read, with what it seems to mean and some of its texts."""

    key: str
    heading: str
    meaning: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line that is proposed to be left out, or that somebody wants to be read all the same."""

    number: int
    label: str
    reason: str
    text: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """A column of whole names: whether it is turned around, and examples before and after."""

    column: str
    is_turned: bool
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AskedValue:
    """A text that names nothing that the event has.

    Attributes:
        answer: what was chosen to stand for it: a name, `sheets.LATER`, or "".
        nearest: the name of the event that is most like it, "" if none is.
    """

    folded: str
    text: str
    count: int
    answer: str
    nearest: str


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked about a file.

    Attributes:
        faults: codes of what has to be chosen otherwise first: "no_sheet", "no_name",
            "too_many_rows", and "two_columns:…" with what both mean.
        values: unknown texts by column.
        empty: how many rows have nothing in a column, by column.
        rows: how many entries there are.
    """

    sheets: tuple[AskedSheet, ...]
    columns: tuple[AskedColumn, ...]
    lines: tuple[AskedLine, ...]
    orders: tuple[AskedOrder, ...]
    values: Mapping[str, tuple[AskedValue, ...]]
    empty: Mapping[str, int]
    faults: tuple[str, ...]
    rows: int

    def as_json(self) -> dict[str, Any]:
        """Return this as a JSON object."""
        return asdict(self)

    def is_answered(self, choices: SheetChoices) -> bool:
        """Say whether every question has an answer."""
        unknown = any(not value.answer for asked in self.values.values() for value in asked)
        empty = any(count and not choices.defaults.get(c) for c, count in self.empty.items())
        return not (self.faults or unknown or empty)

    def is_to_be_seen(self, choices: SheetChoices) -> bool:
        """Say whether somebody has to look at how the file is read, before its rows are checked."""
        return (
            not self.is_answered(choices)
            or len([sheet for sheet in self.sheets if not sheet.is_hidden]) > 1
            or bool(self.lines)
            or any(order.is_turned for order in self.orders)
            or any(
                not column.meaning and column.key not in choices.columns and column.samples
                for column in self.columns
            )
        )


def proposed_choices(
    sheets: Sequence[RawSheet], remembered: Mapping[str, str], only_category: str
) -> SheetChoices:
    """Return how a file is read before anybody has chosen anything.

    Args:
        remembered: what headings mean, as it was said of earlier lists of the event.
        only_category: the event's, if it has only one: it is not asked about.
    """
    choices = SheetChoices(
        sheets=_likely_sheets(sheets, remembered),
        columns=dict(remembered),
        defaults={"category": only_category} if only_category else {},
    )
    rows, _left_out = list_of(sheets, choices)
    turned = frozenset(
        column
        for column, heading in _whole_names(sheets, choices).items()
        if likely_order(heading, texts_in(rows, column)) is NameOrder.FAMILY_FIRST
    )
    return replace(choices, turned=turned)


def _likely_sheets(
    sheets: Sequence[RawSheet], remembered: Mapping[str, str]
) -> tuple[int, ...] | None:
    """Return the visible sheets that look like lists of people, if they are not the usual one.

    A cover sheet is not read because it comes first, and no list is lost because it comes second.
    """
    likely = [
        at
        for at, sheet in enumerate(sheets)
        if sheet.entries
        and not sheet.is_hidden
        and _looks_like_people(meanings_of(sheet.headings, remembered))
    ]
    return tuple(likely) if likely and likely != chosen_sheets(sheets, SheetChoices()) else None


def _looks_like_people(meanings: Sequence[str]) -> bool:
    known = [meaning for meaning in meanings if meaning]
    return len(known) > 1 and any("name" in meaning for meaning in known)


def questions_of(
    sheets: Sequence[RawSheet],
    choices: SheetChoices,
    known: Mapping[str, Choices],
    most_rows: int,
) -> Questions:
    """Return what is asked about a file.

    Args:
        known: what the event has, by each column whose unknown and empty texts are asked about.
        most_rows: of a list.
    """
    chosen = chosen_sheets(sheets, choices)
    read = [sheets[at] for at in chosen]
    rows, left_out = list_of(sheets, replace(choices, turned=frozenset(), values={}, defaults={}))
    columns = _columns(read, choices)
    return Questions(
        sheets=tuple(
            AskedSheet(at, sheet.name, len(sheet.entries), at in chosen, sheet.is_hidden)
            for at, sheet in enumerate(sheets)
            if sheet.entries
        ),
        columns=columns,
        lines=_lines(sheets, choices, left_out),
        orders=_orders(rows, choices, _whole_names(sheets, choices)),
        values={
            column: _values(rows, column, choices.values.get(column, {}), names)
            for column, names in known.items()
        },
        empty={column: sum(not text for text in texts_in(rows, column)) for column in known},
        faults=_faults(read, columns, len(rows), most_rows),
        rows=len(rows),
    )


def _whole_names(sheets: Sequence[RawSheet], choices: SheetChoices) -> dict[str, str]:
    """Return the heading of each column of whole names in the sheets that are read."""
    found: dict[str, str] = {}
    for at in chosen_sheets(sheets, choices):
        headings = sheets[at].headings
        for heading, meaning in zip(headings, meanings_of(headings, choices.columns), strict=True):
            if meaning in WHOLE_NAMES:
                found.setdefault(meaning, heading)
    return found


def _columns(read: Sequence[RawSheet], choices: SheetChoices) -> tuple[AskedColumn, ...]:
    found: dict[str, AskedColumn] = {}
    for sheet in read:
        # A column without a heading may hold something all the same.
        width = max((len(row.cells) for row in sheet.rows), default=0)
        headings = [*sheet.headings, *[""] * (width - len(sheet.headings))]
        meanings = meanings_of(headings, choices.columns)
        for at, key in enumerate(heading_keys(headings)):
            samples = _samples(sheet, at)
            if headings[at] or samples:
                heading = headings[at] or _letters(at)
                found.setdefault(key, AskedColumn(key, heading, meanings[at], samples))
    return tuple(found.values())


def _samples(sheet: RawSheet, at: int) -> tuple[str, ...]:
    texts = (row.cells[at] for row in sheet.entries if at < len(row.cells) and row.cells[at])
    found: dict[str, None] = {}
    for text in texts:
        found.setdefault(text[:_LONGEST_SAMPLE])
        if len(found) == _SAMPLES:
            break
    return tuple(found)


def _letters(at: int) -> str:
    """Return a column's letters, as a spreadsheet shows them."""
    before, letter = divmod(at, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)


def _lines(
    sheets: Sequence[RawSheet], choices: SheetChoices, left_out: Sequence[LeftOut]
) -> tuple[AskedLine, ...]:
    """Return the lines that are left out, and those that would be but for the choices."""
    proposed = replace(choices, with_hidden=False, entries=frozenset())
    _rows, all_of = list_of(sheets, proposed)
    if choices.with_hidden:
        # Of the hidden rows, too, those are shown that look like no entries.
        _rows, more = list_of(sheets, replace(proposed, with_hidden=True))
        known = {one.number for one in all_of}
        all_of += [one for one in more if one.number not in known]
    out = {one.number for one in left_out}
    return tuple(
        AskedLine(one.number, row_label(one.number), one.reason, one.text, one.number not in out)
        for one in all_of[:_MOST_LINES]
    )


def _orders(
    rows: Sequence[Row], choices: SheetChoices, whole_names: Iterable[str]
) -> tuple[AskedOrder, ...]:
    asked = []
    for column in whole_names:
        turned = ((name, given_name_first(name)) for name in texts_in(rows, column) if name)
        changed = [(old, new) for old, new in islice(turned, _LOOKED_AT) if old != new]
        if changed:
            examples = tuple(changed[:_SAMPLES])
            asked.append(AskedOrder(column, column in choices.turned, examples))
    return tuple(asked)


def _values(
    rows: Sequence[Row], column: str, answers: Mapping[str, str], known: Choices
) -> tuple[AskedValue, ...]:
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text in texts_in(rows, column):
        if text and known.id_of(text) is None:
            folded = fold_name(text)
            counts[folded] += 1
            written.setdefault(folded, text[:_LONGEST_VALUE])
    names = known.shown()
    return tuple(
        AskedValue(folded, written[folded], count, answers.get(folded, ""), _nearest(folded, names))
        for folded, count in counts.most_common(MOST_VALUES)
    )


def _nearest(folded: str, names: Mapping[str, str]) -> str:
    close = get_close_matches(folded, list(names)[:300], n=1, cutoff=_ALIKE)
    return names[close[0]] if close else ""


def _faults(
    read: Sequence[RawSheet], columns: Sequence[AskedColumn], rows: int, most_rows: int
) -> tuple[str, ...]:
    if not read:
        return ("no_sheet",)
    meanings = Counter(column.meaning for column in columns if column.meaning)
    faults = []
    if not any("name" in meaning for meaning in meanings):
        faults.append("no_name")
    if len(read) == 1:
        # Sheets may call one thing otherwise each; within one sheet no two columns are the same.
        faults += [f"two_columns:{meaning}" for meaning, count in meanings.items() if count > 1]
    if rows > most_rows or any(sheet.is_too_long for sheet in read):
        faults.append("too_many_rows")
    return tuple(faults)
