"""Corrections of an uploaded list, made cell by cell on the page that shows its problems."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checkin.domain.people.fields import COLUMNS
from checkin.domain.people.importing.importing import Row

#: longer texts are cut to this length, which is over every field's own limit: they are refused
_MAX_CELL = 1_000


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrections that a person made to rows of a list.

    Attributes:
        cells: new texts by row number and column.
        left_out: the numbers of rows to be removed.
        right: the numbers of doubtful rows that are confirmed to be right as shown.
        overwrites: the numbers of rows that may change whom they would change.
    """

    cells: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    left_out: Collection[int] = ()
    right: Collection[int] = ()
    overwrites: Collection[int] = ()

    @property
    def concerned(self) -> set[int]:
        """The numbers of all rows that these concern."""
        return {*self.cells, *self.left_out, *self.right, *self.overwrites}


def correct(rows: Sequence[Row], corrections: Corrections) -> list[Row]:
    """Return the rows with the corrections applied."""
    return [_corrected(row, corrections) for row in rows if row.number not in corrections.left_out]


def columns_in(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns of names and those with a text in any row, in their usual order."""
    used = {"name"}.union(*(row.cells for row in rows))
    return tuple(column for column in COLUMNS if column in used)


def _corrected(row: Row, corrections: Corrections) -> Row:
    if row.number in corrections.overwrites and not row.overwrites:
        row = replace(row, overwrites=True)
    texts = corrections.cells.get(row.number, {})
    new = {c: text[:_MAX_CELL] for c, text in texts.items() if c in COLUMNS}
    changed = {c: text for c, text in new.items() if text != row.cells.get(c, "")}
    if not changed and row.number not in corrections.right:
        return row
    cells = {c: text for c, text in {**row.cells, **changed}.items() if text}
    # Whoever corrects a row has seen how it was read.
    said = row.number in corrections.right
    is_right = said or (row.is_right and "email" not in changed)
    return replace(row, cells=cells, problems=(), is_right=is_right)
