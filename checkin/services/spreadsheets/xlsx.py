"""Read XLSX workbooks as a stream of cells, within limits.

A library that lays a sheet out as a rectangle can be made to ask for 500 GB by one cell in the
last corner, or by a million cells that repeat one long text. Here a sheet is a stream: expat
gives one element after the other, every count has a limit, and DTDs (entities) are refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import (
    MAX_COLUMNS,
    MAX_ROW_NUMBER,
    MAX_UNPACKED_BYTES,
    MAX_WORKBOOK_BYTES,
    NumberedRow,
)
from checkin.services.spreadsheets.xml import CellText, SharedTexts, WorkbookParts, parse, unescaped

_MAX_ENTRIES = 1_000
#: those beyond are no lists of anybody
_MAX_SHEETS = 30
_MAX_DIRECTORY_BYTES = 1_000_000
_END_OF_DIRECTORY = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


def _refuse_huge_directory(file: BinaryIO) -> None:
    """Refuse a zip file with too many entries before `zipfile` makes an object of each."""
    size = file.seek(0, 2)
    if size > MAX_WORKBOOK_BYTES:
        raise UnreadableFile("file_too_large", MAX_WORKBOOK_BYTES // 1_000_000)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    end = tail.rfind(_END_OF_DIRECTORY)
    record = tail[end : end + 22]
    if end < 0 or len(record) < 22 or _ZIP64_LOCATOR in tail[max(0, end - 20) : end]:
        raise UnreadableFile("damaged", "zip")
    directory_bytes = int.from_bytes(record[12:16], "little")
    if directory_bytes > _MAX_DIRECTORY_BYTES:
        raise UnreadableFile("damaged", "zip index")


def _refuse_dangerous_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise UnreadableFile("damaged", f"zip: {len(entries)}")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("unpacked_too_large", MAX_UNPACKED_BYTES // 1_000_000)
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableFile("password_protected")
        # Other methods unpack without a bound on what one call gives.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFile("damaged", entry.filename)


def _refuse_other_zips(names: set[str]) -> None:
    if _WORKBOOK in names:
        return
    if "content.xml" in names:
        raise UnreadableFile("open_document")
    raise UnreadableFile("not_a_table", "ZIP")


def _part_name(target: str) -> str:
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")


@dataclass(frozen=True, slots=True)
class XlsxSheet:
    """A sheet of a workbook; its rows are read lazily, before those of the next sheet.

    Attributes:
        hidden: the numbers of the rows that are not shown, of those that were read so far.
    """

    name: str
    is_hidden: bool
    rows: Iterator[NumberedRow]
    hidden: set[int]


def _parts(archive: zipfile.ZipFile, names: set[str]) -> WorkbookParts:
    parts = WorkbookParts()
    for name in (_WORKBOOK, _RELATIONS):
        if name not in names:
            raise UnreadableFile("damaged", name)
        for _ in parse(archive, name, parts):
            pass
    return parts


def _sheet_parts(parts: WorkbookParts, names: set[str]) -> list[tuple[str, str, bool]]:
    """Return the name of each sheet, the name of its part, and whether it is hidden."""
    found = [
        (name, _part_name(parts.sheets[key]), is_hidden)
        for name, key, is_hidden in parts.named
        if key in parts.sheets
    ]
    found = [sheet for sheet in found if sheet[1] in names]
    if not found:
        raise UnreadableFile("damaged", "xl/worksheets")
    return found[:_MAX_SHEETS]


def _shared_texts(archive: zipfile.ZipFile, parts: WorkbookParts, names: set[str]) -> list[str]:
    texts = SharedTexts()
    name = _part_name(parts.shared_texts) if parts.shared_texts else None
    if name in names:
        for _ in parse(archive, str(name), texts):
            pass
    return texts.texts


def _rows(archive: zipfile.ZipFile, part: str, rows: SheetRows) -> Iterator[NumberedRow]:
    for _ in parse(archive, part, rows):
        yield from rows.take()
    yield from rows.take()


def read_xlsx(file: BinaryIO) -> Iterator[XlsxSheet]:
    """Yield the sheets of a workbook; numbers and dates as the file writes them.

    A formula counts as its last result; without one (never calculated) as "=" and its text.

    Raises:
        UnreadableFile: ``file_too_large``, ``unpacked_too_large``, ``dangerous_xml``,
            ``damaged``, ``password_protected``, ``open_document``, ``not_a_table``,
            ``too_many_rows``, ``too_many_columns``; while rows are read, too.
    """
    _refuse_huge_directory(file)
    with _damaged_as_unreadable(), zipfile.ZipFile(file) as archive:
        _refuse_dangerous_entries(archive)
        names = set(archive.namelist())
        _refuse_other_zips(names)
        parts = _parts(archive, names)
        texts = _shared_texts(archive, parts, names)
        for name, part, is_hidden in _sheet_parts(parts, names):
            rows = SheetRows(texts)
            yield XlsxSheet(name, is_hidden, _sheet_rows(archive, part, rows), rows.hidden)


def _sheet_rows(archive: zipfile.ZipFile, part: str, rows: SheetRows) -> Iterator[NumberedRow]:
    with _damaged_as_unreadable():
        yield from _rows(archive, part, rows)


@contextmanager
def _damaged_as_unreadable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        # A part that unpacks to another size than the index declares comes here by its checksum.
        raise UnreadableFile("damaged", "zip") from error


_MAX_LETTERS = 3


def column_of(reference: str) -> int:
    """Return the position of a cell, from 0: "A7" is 0, "AB7" is 27; -1 if it names no column."""
    letters = reference.rstrip("0123456789").upper()
    if not (0 < len(letters) <= _MAX_LETTERS and letters.isascii() and letters.isalpha()):
        return -1
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


class SheetRows:
    """Collects a sheet's rows; ``take`` returns the complete ones, so few are held at a time."""

    def __init__(self, shared_texts: list[str]) -> None:
        self._shared = shared_texts
        self._columns: dict[str, int] = {}
        self._done: list[NumberedRow] = []
        self._number = 0
        #: rows that are hidden, by hand or by a filter
        self.hidden: set[int] = set()
        self._cells: list[str] = []
        self._at = -1
        self._kind = ""
        self._open = ""
        self._phonetic = False
        self._value = CellText()
        self._formula = CellText()

    def take(self) -> list[NumberedRow]:
        """Return the rows completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note the start of a row or a cell."""
        if tag == "c":
            self._at = self._position(attributes.get("r"))
            self._kind = attributes.get("t", "n")
        elif tag in ("v", "t", "f"):
            self._open = "" if self._phonetic else tag
        elif tag == "row":
            self._start_row(attributes.get("r"))
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self._number)
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        """Store a cell or a row when it ends."""
        if tag in ("v", "t", "f"):
            self._open = ""
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        """Add text to the value or the formula that is being read."""
        if self._open == "f":
            self._formula.add(text)
        elif self._open:
            self._value.add(text)

    def _position(self, reference: str | None) -> int:
        if reference is None:
            return self._at + 1
        letters = reference.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None:
            known = column_of(letters)
            if known < 0:
                raise UnreadableFile("damaged", reference)
            self._columns[letters] = known
        return known

    def _start_row(self, reference: str | None) -> None:
        self._at = -1
        self._cells = []
        if reference is None:
            self._number += 1
            return
        number = int(reference) if reference.isdecimal() and len(reference) <= 7 else 0
        if not self._number < number <= MAX_ROW_NUMBER:
            raise UnreadableFile("damaged", reference)
        self._number = number

    def _end_cell(self) -> None:
        value, formula = self._value.take(), self._formula.take()
        if not value and not formula:
            return
        if self._at >= MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", MAX_COLUMNS, self._number)
        missing = self._at + 1 - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        self._cells[self._at] = self._cell_value(value, formula)

    def _cell_value(self, value: str, formula: str) -> str:
        if self._kind == "s":
            return self._shared_text(value)
        # An error (#REF!) and a formula that was never calculated both need a person.
        if self._kind == "e" or not value:
            return "=" + (formula or value)
        return unescaped(value) if self._kind in ("str", "inlineStr") else value

    def _shared_text(self, index: str) -> str:
        at = int(index) if index.isdecimal() and len(index) <= 9 else -1
        if not 0 <= at < len(self._shared):
            raise UnreadableFile("damaged", "sharedStrings")
        return self._shared[at]

    def _end_row(self) -> None:
        if any(self._cells):
            self._done.append((self._number, self._cells))
