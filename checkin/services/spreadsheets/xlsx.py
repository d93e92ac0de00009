"""XLSX workbooks, read as a stream of cells.

A library that lays a sheet out as a rectangle can be made to ask for 500 GB by one cell in the
last corner, or by a million cells that repeat one long text. Here a sheet is a stream: expat
gives one element after the other, every count has a limit, and DTDs (entities) are refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from checkin.domain.people.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import MAX_UNPACKED_BYTES, MAX_WORKBOOK_BYTES, NumberedRow
from checkin.services.spreadsheets.sheet import SheetRows
from checkin.services.spreadsheets.xml import SharedTexts, WorkbookParts, parse

_MAX_ENTRIES = 1_000
_MAX_DIRECTORY_BYTES = 1_000_000
_END_OF_DIRECTORY = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


def _refuse_huge_directory(file: BinaryIO) -> None:
    """Look at the zip's own index before a library makes an object of each entry."""
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


def _parts(archive: zipfile.ZipFile, names: set[str]) -> tuple[str, str | None]:
    """Return the names of the first visible sheet's part and of the shared texts' part."""
    parts = WorkbookParts()
    for name in (_WORKBOOK, _RELATIONS):
        if name not in names:
            raise UnreadableFile("damaged", name)
        for _ in parse(archive, name, parts):
            pass
    sheet = next((parts.sheets[key] for key in parts.visible if key in parts.sheets), None)
    if sheet is None or _part_name(sheet) not in names:
        raise UnreadableFile("damaged", "xl/worksheets")
    texts = _part_name(parts.shared_texts) if parts.shared_texts else None
    return _part_name(sheet), texts if texts in names else None


def _rows(archive: zipfile.ZipFile) -> Iterator[NumberedRow]:
    _refuse_dangerous_entries(archive)
    names = set(archive.namelist())
    _refuse_other_zips(names)
    sheet, texts_part = _parts(archive, names)
    texts = SharedTexts()
    if texts_part:
        for _ in parse(archive, texts_part, texts):
            pass
    rows = SheetRows(texts.texts)
    for _ in parse(archive, sheet, rows):
        yield from rows.take()
    yield from rows.take()


def read_xlsx(file: BinaryIO) -> Iterator[NumberedRow]:
    """Give the rows of the first visible sheet; numbers and dates as the file writes them.

    A formula counts as its last result; without one (never calculated) as "=" and its text.

    Raises:
        UnreadableFile: ``file_too_large``, ``unpacked_too_large``, ``dangerous_xml``,
            ``damaged``, ``password_protected``, ``open_document``, ``not_a_table``,
            ``too_many_rows``, ``too_many_columns``.
    """
    _refuse_huge_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            yield from _rows(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        # A part that unpacks to another size than the index declares comes here by its checksum.
        raise UnreadableFile("damaged", "zip") from error
