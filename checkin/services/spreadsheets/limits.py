"""Limits on the size of a file, beyond which it is refused."""

from __future__ import annotations

#: (number of the row as a spreadsheet shows it, its cells)
NumberedRow = tuple[int, list[str]]

MAX_FILE_BYTES = 40_000_000
MAX_WORKBOOK_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 200_000
#: A spreadsheet's own last row: blank ones count here.
MAX_ROW_NUMBER = 1_048_576
MAX_COLUMNS = 200
#: Longer cells are cut to one character more, which every field's own limit then refuses.
MAX_CELL = 1_000
MAX_LINE = MAX_COLUMNS * MAX_CELL
