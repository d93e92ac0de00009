"""Write CSV and XLSX files that spreadsheet programs open without running formulas."""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, Protocol, TypeVar
from xml.sax.saxutils import escape, quoteattr

from checkin.words.isolates import without_isolates

#: what XML 1.0 cannot hold, not even escaped
_UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
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


def write_csv(
    file: BinaryFile,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    separator: str = ",",
) -> int:
    """Write rows as CSV, with their headings, and return their number.

    Args:
        separator: what the reader's spreadsheet program parts columns at, see
            `checkin.words.languages.Language.list_separator`.
    """
    file.write(codecs.BOM_UTF8)  # tells spreadsheets that this is UTF-8
    text = TextFile(file)
    writer = csv.DictWriter(text, columns, delimiter=separator, lineterminator="\r\n")
    writer.writerow({name: without_isolates(name) for name in columns})
    count = 0
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, its headings, and its rows by heading."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Mapping[str, Any]]


def write_xlsx(
    file: BinaryFile,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    right_to_left: bool = False,
) -> int:
    """Write rows as a workbook of one sheet, with their headings, and return their number."""
    return write_workbook(file, [Sheet("Marhaba", columns, rows)], right_to_left=right_to_left)


def write_workbook(
    file: BinaryFile, sheets: Sequence[Sheet], *, right_to_left: bool = False
) -> int:
    """Write a workbook of some sheets, and return how many rows they have.

    Every text is stored as a text, so none is taken for a formula, whatever it begins with, and a
    telephone keeps its plus. A datetime without a zone is stored as a date with its time. A sheet
    may have 2 GB: the form for more is one that not every spreadsheet program reads where
    the file was written without going back.

    Args:
        right_to_left: the first column is on the right, as in Arabic.
    """
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts([sheet.name for sheet in sheets]).items():
            archive.writestr(name, _HEAD + content)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(_path(number), "w") as part:
                count += _write_sheet(part, sheet, right_to_left)
    return count


def _write_sheet(part: IO[bytes], sheet: Sheet, right_to_left: bool) -> int:
    count = 0
    view = _RIGHT_TO_LEFT if right_to_left else ""
    part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{view}<sheetData>'.encode())
    part.write(_row(sheet.columns))
    for row in sheet.rows:
        part.write(_row([row.get(column) for column in sheet.columns]))
        count += 1
    part.write(b"</sheetData></worksheet>")
    return count


_RIGHT_TO_LEFT = '<sheetViews><sheetView rightToLeft="1" workbookViewId="0"/></sheetViews>'


def _path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _parts(names: Sequence[str]) -> Mapping[str, str]:
    """Return the least that ECMA-376 asks of a workbook besides its sheets, by path."""
    numbered = list(enumerate(names, 1))
    types = "".join(
        f'<Override PartName="/{_path(number)}" ContentType="{_KIND}.worksheet+xml"/>'
        for number, _ in numbered
    )
    sheets = "".join(
        f'<sheet name={quoteattr(_sheet_name(name))} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in numbered
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{relations}<Relationship Id="rIdStyles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _STYLES,
    }


#: two formats of cells: 0 for whatever it is, 1 for a date with its time
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _sheet_name(name: str) -> str:
    """Return a name that a sheet may have: 31 characters, and none of these."""
    plain = without_isolates(name)
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in plain)[:31]


def harmless(value: Any) -> Any:
    """Return a value as CSV holds it, which spreadsheet programs take for no formula.

    What would begin one gets an apostrophe (OWASP, CSV injection). A telephone begins with a mark
    that nobody sees, by which it stays a text with all of its digits, and stands from left to right
    in Arabic too; lists that are read back lose the mark. Isolates of our sentences stay out of
    files: a cell stands alone.
    """
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if not isinstance(value, str):
        return value
    plain = without_isolates(value)
    if _TELEPHONE.fullmatch(plain):
        return _LEFT_TO_RIGHT + plain
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else plain


_TELEPHONE = re.compile(r"\+[0-9]{5,17}")
_LEFT_TO_RIGHT = "\u200e"
#: day 0 of spreadsheets' dates (ECMA-376, 18.17.4.1)
_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - as the cells have no zone either


def _row(values: Sequence[Any]) -> bytes:
    return f"<row>{''.join(map(_cell, values))}</row>".encode()


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{int(value)}</v></c>"
    if isinstance(value, datetime):
        days = (value.replace(tzinfo=None) - _DAY_0) / timedelta(days=1)
        return f'<c s="1"><v>{days:.9f}</v></c>'
    text = escape(without_isolates(str(value)).translate(_UNWRITABLE))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
