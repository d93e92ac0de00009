"""Write CSV and XLSX files that spreadsheet programs open without running formulas."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from xml.sax.saxutils import escape

#: what XML 1.0 cannot hold, not even escaped
_UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: the least that ECMA-376 asks of a workbook besides its sheet
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Marhaba" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


T = TypeVar("T")
#: told how many rows are written, and of how many
Progress = Callable[[int, int], object]


class BinaryFile(Protocol):
    """What a file is written into: bytes one after the other, with no way back."""

    def write(self, content: bytes, /) -> int:
        """Write some bytes, and return how many."""

    def flush(self) -> None:
        """Pass on what was written so far."""

    def close(self) -> None:
        """End the file."""


class RowCount:
    """Tells of each row that passes which one it is, of how many."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def __call__(self, rows: Iterable[T]) -> Iterator[T]:
        """Pass rows on; they may come in several parts."""
        for row in rows:
            yield row
            self._done += 1
            self._progress(self._done, self._total)


class TextFile:
    """Writes text into a file of bytes, as UTF-8."""

    def __init__(self, file: BinaryFile) -> None:
        self._file = file

    def write(self, text: str, /) -> int:
        """Write some text, and return how many bytes it took."""
        return self._file.write(text.encode())


def write_csv(file: BinaryFile, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as CSV, with their headings, and return their number."""
    file.write(codecs.BOM_UTF8)  # tells spreadsheets that this is UTF-8
    writer = csv.DictWriter(TextFile(file), columns, lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
        count += 1
    return count


def write_xlsx(file: BinaryFile, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as a workbook of one sheet, with their headings, and return their number.

    Every text is stored as a text, so none is taken for a formula, whatever it begins with. The
    sheet may have 2 GB: the form for more is one that not every spreadsheet program reads where
    the file was written without going back.
    """
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_row(columns))
            for row in rows:
                sheet.write(_row([row.get(column) for column in columns]))
                count += 1
            sheet.write(b"</sheetData></worksheet>")
    return count


def harmless(value: Any) -> Any:
    """Return a text that spreadsheet programs do not take for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + value
    return value


def _row(values: Sequence[Any]) -> bytes:
    return f"<row>{''.join(map(_cell, values))}</row>".encode()


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{int(value)}</v></c>"
    text = escape(str(value).translate(_UNWRITABLE))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
