"""The numbers of a list's rows, where the list is made of several sheets."""

from __future__ import annotations

#: rows of the second sheet are numbered from here on, those of the third from twice as much: a
#: spreadsheet's own last row has a lower number
SHEET_STEP = 2_000_000


def row_label(number: int) -> str:
    """Return a row's number as it is shown: "14", or "2/14" for row 14 of the second sheet."""
    sheet, row = divmod(number, SHEET_STEP)
    return f"{sheet + 1}/{row}" if sheet else str(row)
