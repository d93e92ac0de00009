"""Read spreadsheets as people send them: CSV in several encodings, or XLSX.

Everything is read within fixed limits, so that a hostile file causes an error and takes no more
memory than an honest one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from checkin.domain.common.names import fold_name
from checkin.domain.people.importing.headings import column_named, match_headings
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.sheets import (
    LeftOut,
    RawRow,
    RawSheet,
    SheetChoices,
    chosen_sheets,
    rows_of_sheet,
)
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.csv import read_csv
from checkin.services.spreadsheets.limits import MAX_FILE_BYTES, MAX_ROWS, NumberedRow
from checkin.services.spreadsheets.xlsx import read_xlsx

_HEADING_ROWS = 10
_OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES = {b"%PDF": "PDF", b"{\\rtf": "RTF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}


#: our column for a heading, or None
Named = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a file as they were written; a CSV file has one.

    Attributes:
        encoding: "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1256", or "xlsx".
        delimiter: ",", ";" or tab; "" for XLSX.
    """

    sheets: Sequence[RawSheet]
    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list of participants as read from a file.

    Attributes:
        headers: the line of headings.
        rows: the lines under it that are not blank, numbered as a spreadsheet shows them.
        unknown_columns: headings that are not recognised; their cells are left out.
        encoding: see `Workbook`.
        delimiter: see `Workbook`.
        left_out: rows that are no entries of the list, and rows that the file hides.
        other_sheets: names of the visible sheets with rows that were not read.
        default_category: its name, for new people whose rows give none; "" for none.
    """

    headers: tuple[str, ...]
    rows: list[Row]
    unknown_columns: tuple[str, ...]
    encoding: str
    delimiter: str
    left_out: tuple[LeftOut, ...] = ()
    other_sheets: tuple[str, ...] = ()
    default_category: str = ""


def file_bytes(path: Path) -> bytes:
    """Return a file's content, of one that is too large no more than tells so."""
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def _refuse_size(data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableFile("file_too_large", MAX_FILE_BYTES // 1_000_000)
    if not data.strip():
        raise UnreadableFile("empty_file")


def _refuse_other_formats(data: bytes, filename: str) -> None:
    if data.startswith(_OLE_HEADER):
        raise UnreadableFile("password_protected" if _ENCRYPTED in data else "old_excel")
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFile("not_a_table", name)
    if data.lstrip()[:1] == b"<":
        # Some programs save a web page and call it .xls.
        raise UnreadableFile("not_a_table", f"HTML/XML: {filename}")


def _from_headings_on(rows: Iterable[NumberedRow], named: Named) -> Iterator[NumberedRow]:
    """Skip blank rows and the title lines above the headings."""
    written = ((number, cells) for number, cells in rows if any(cells))
    top = list(islice(written, _HEADING_ROWS))
    # The first of the best: a row of data may hold a word such as "nom", not more of them.
    best = max(range(len(top)), key=lambda at: (_recognised(top[at], named), -at), default=0)
    return chain(top[best:], written)


def read_table(
    data: bytes,
    filename: str = "",
    *,
    delegation_required: bool = True,
    most_rows: int = MAX_ROWS,
    sheet: str = "",
) -> Table:
    """Read a participants' file, CSV or XLSX by its content, whatever its name, as it is guessed.

    Rows that the file hides, and lines such as sums, are left out; the table says which.

    Args:
        data: the file's content; at most 40 MB.
        filename: the file's name, for messages.
        delegation_required: False where one delegation was chosen for the whole file.
        most_rows: a list with more is refused, and not read to its end.
        sheet: the name of the sheet; "" for the first one that is visible and has rows.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    workbook = read_workbook(data, filename, most_rows=most_rows)
    read = _sheet_named(workbook, sheet)
    refuse_too_long(read, most_rows)
    headings = [" ".join(heading.split()) for heading in read.headings]
    columns = match_headings(headings, delegation_required=delegation_required)
    rows, left_out = rows_of_sheet(read, columns)
    return Table(
        headers=tuple(headings),
        rows=rows,
        unknown_columns=columns.unknown,
        encoding=workbook.encoding,
        delimiter=workbook.delimiter,
        left_out=tuple(left_out),
        other_sheets=tuple(
            one.name
            for one in workbook.sheets
            if one is not read and one.entries and not one.is_hidden
        ),
    )


def refuse_too_long(sheet: RawSheet, most_rows: int) -> None:
    """Refuse a sheet of which only the first rows were read."""
    if sheet.is_too_long:
        raise UnreadableFile("too_many_rows", most_rows)


def _sheet_named(workbook: Workbook, name: str) -> RawSheet:
    sheets = workbook.sheets
    if name:
        wanted = [at for at, one in enumerate(sheets) if fold_name(one.name) == fold_name(name)]
        if not wanted:
            raise UnreadableFile("no_such_sheet", name, " · ".join(one.name for one in sheets))
    else:
        wanted = chosen_sheets(sheets, SheetChoices()) or [0]
    return sheets[wanted[0]]


def read_workbook(
    data: bytes, filename: str = "", *, named: Named = column_named, most_rows: int = MAX_ROWS
) -> Workbook:
    """Read a file, CSV or XLSX by its content, each sheet from its line of headings on.

    Args:
        named: says whether a heading is known, to find the line of headings below titles.
        most_rows: no more rows under the headings are read of a sheet.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    _refuse_size(data)
    _refuse_other_formats(data, filename)
    if data.startswith(b"PK"):
        sheets = [
            _raw_sheet(one.name, one.rows, named, most_rows, one.hidden, is_hidden=one.is_hidden)
            for one in read_xlsx(_file(data))
        ]
        encoding, delimiter = "xlsx", ""
    else:
        csv = read_csv(data, recognised=lambda row: _recognised(row, named))
        sheets = [_raw_sheet("", csv.rows, named, most_rows)]
        encoding, delimiter = csv.encoding, csv.delimiter
    if not any(sheet.rows for sheet in sheets):
        raise UnreadableFile("empty_file")
    return Workbook(sheets, encoding, delimiter)


def _raw_sheet(
    name: str,
    rows: Iterable[NumberedRow],
    named: Named,
    most_rows: int,
    hidden: Collection[int] = (),
    *,
    is_hidden: bool = False,
) -> RawSheet:
    numbered = _from_headings_on(rows, named)
    # One line of headings, and one row more than there may be, which tells that there are more.
    read = list(islice(numbered, most_rows + 2))
    return RawSheet(
        name,
        # `hidden` is filled in while the rows are read.
        [RawRow(number, cells, number in hidden) for number, cells in read[: most_rows + 1]],
        is_hidden,
        len(read) > most_rows + 1,
    )


def _recognised(row: NumberedRow, named: Named) -> int:
    return sum(named(cell) is not None for cell in row[1] if cell)


def _file(data: bytes) -> BinaryIO:
    return io.BytesIO(data)
