"""Read spreadsheets as people send them: CSV in several encodings, or XLSX.

Everything is read within fixed limits, so that a hostile file causes an error and takes no more
memory than an honest one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from checkin.domain.common.problems import Problem
from checkin.domain.people.headings import Columns, column_named, match_headings
from checkin.domain.people.importing import Row
from checkin.domain.people.unreadable import UnreadableFile
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
class Sheet:
    """The rows of a spreadsheet file as they were written.

    Attributes:
        rows: numbered as a spreadsheet shows them, the line of headings first; read lazily.
        encoding: "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1256", or "xlsx".
        delimiter: ",", ";" or tab; "" for XLSX.
    """

    rows: Iterator[NumberedRow]
    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list of participants as read from a file.

    Attributes:
        headers: the line of headings.
        rows: the lines under it that are not blank, numbered as a spreadsheet shows them.
        unknown_columns: headings that are not recognised; their cells are left out.
        encoding: see `Sheet`.
        delimiter: see `Sheet`.
    """

    headers: tuple[str, ...]
    rows: list[Row]
    unknown_columns: tuple[str, ...]
    encoding: str
    delimiter: str


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
    if not top:
        raise UnreadableFile("empty_file")
    # The first of the best: a row of data may hold a word such as "nom", not more of them.
    at = max(range(len(top)), key=lambda index: (_recognised(top[index], named), -index))
    return chain(top[at:], written)


def _row(columns: Columns, number: int, cells: list[str]) -> Row:
    beyond = next(filter(None, cells[columns.width :]), None)
    problems = (Problem("row", "extra_cells", beyond),) if beyond else ()
    return Row(number, columns.cells(cells), problems)


def _rows_under(columns: Columns, numbered: Iterable[NumberedRow], most: int) -> list[Row]:
    rows = [_row(columns, number, cells) for number, cells in islice(numbered, most + 1)]
    if len(rows) > most:
        raise UnreadableFile("too_many_rows", most)
    return rows


def read_table(
    data: bytes,
    filename: str = "",
    *,
    delegation_required: bool = True,
    most_rows: int = MAX_ROWS,
) -> Table:
    """Read a participants' file, CSV or XLSX by its content, whatever its name.

    Args:
        data: the file's content; at most 40 MB.
        filename: the file's name, for messages.
        delegation_required: False where one delegation was chosen for the whole file.
        most_rows: a list with more is refused, and not read to its end.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    sheet = read_sheet(data, filename)
    _, headings = next(sheet.rows)
    headings = [" ".join(heading.split()) for heading in headings]
    columns = match_headings(headings, delegation_required=delegation_required)
    return Table(
        headers=tuple(headings),
        rows=_rows_under(columns, sheet.rows, most_rows),
        unknown_columns=columns.unknown,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
    )


def read_sheet(data: bytes, filename: str = "", *, named: Named = column_named) -> Sheet:
    """Read a file, CSV or XLSX by its content, from its line of headings on.

    Args:
        named: says whether a heading is known, to find the line of headings below titles.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    _refuse_size(data)
    _refuse_other_formats(data, filename)
    if data.startswith(b"PK"):
        return Sheet(_from_headings_on(read_xlsx(_file(data)), named), "xlsx", "")
    csv = read_csv(data, recognised=lambda row: _recognised(row, named))
    return Sheet(_from_headings_on(csv.rows, named), csv.encoding, csv.delimiter)


def _recognised(row: NumberedRow, named: Named) -> int:
    return sum(named(cell) is not None for cell in row[1] if cell)


def _file(data: bytes) -> BinaryIO:
    return io.BytesIO(data)
