"""Read CSV files: detect the encoding and the delimiter, and parse the rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_LINE,
    MAX_ROW_NUMBER,
    MAX_ROWS,
    NumberedRow,
)

_DELIMITERS = ";,\t"
_SNIFFED_ROWS = 10
_SEPARATOR_LINE = re.compile(r"sep=([;,\t])", re.IGNORECASE)
# Windows-1256 keeps the French small letters where Windows-1252 has them, so only its Arabic
# letters tell the two apart: Arabic comes in words, capital É or À between Latin letters.
_ARABIC_1256 = rb"\xc0-\xd6\xd8-\xdf\xe1\xe3-\xe6\xec\xed\xc1\x81\x8d\x8e\x90\x98"
_ARABIC_WORD = re.compile(rb"(?<![A-Za-z%s])[%s]{2,}(?![A-Za-z])" % (_ARABIC_1256, _ARABIC_1256))
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_FRENCH_CAPITAL = re.compile(rb"[A-Za-z][\xc0-\xdc]|[\xc0-\xdc][A-Za-z]")


@dataclass(frozen=True, slots=True)
class Csv:
    """An opened CSV file: its rows come one by one and may raise ``UnreadableFile``."""

    rows: Iterator[NumberedRow]
    encoding: str
    delimiter: str


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _windows_encoding(data: bytes) -> str:
    arabic = len(_ARABIC_WORD.findall(data))
    french = len(_FRENCH_CAPITAL.findall(data))
    encoding = "cp1256" if arabic > french else "cp1252"
    if not _decodes(data, encoding):
        raise UnreadableFile("wrong_encoding", "UTF-8, Windows-1252, Windows-1256")
    return encoding


def _encoding_of(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        if not _decodes(data, "utf-16"):
            raise UnreadableFile("wrong_encoding", "UTF-16")
        return "utf-16"
    nul = data.find(b"\0")
    if nul >= 0:
        raise UnreadableFile("nul_bytes", data.count(b"\n", 0, nul) + 1)
    if data.startswith(b"\xef\xbb\xbf"):
        if not _decodes(data, "utf-8"):
            raise UnreadableFile("wrong_encoding", "UTF-8")
        return "utf-8-sig"
    if _decodes(data, "utf-8"):
        return "utf-8"
    _refuse_damaged_utf8(data)
    return _windows_encoding(data)


def _refuse_damaged_utf8(data: bytes) -> None:
    """Refuse a file that is mostly valid UTF-8: read as Windows-1252, É would become Ã‰."""
    text = data.decode("utf-8", "replace")
    unreadable = text.count("\ufffd")
    others = sum(map(len, _BEYOND_ASCII.findall(text))) - unreadable
    if others > unreadable:
        raise UnreadableFile("damaged_letter", text.count("\n", 0, text.index("\ufffd")) + 1)


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise UnreadableFile("line_too_long", number)
        if "\0" in line:
            raise UnreadableFile("nul_bytes", number)
        yield line


def _parsed(lines: Iterator[str], delimiter: str) -> Iterator[NumberedRow]:
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # The only fault of a lax reader: a field of more than 131,072 characters.
            raise UnreadableFile("open_quote", line) from error
        if cells is None:
            return
        number += 1
        if number > MAX_ROW_NUMBER:
            raise UnreadableFile("too_many_rows", MAX_ROWS)
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise UnreadableFile("too_many_columns", MAX_COLUMNS, number)
        yield number, [cell[: MAX_CELL + 1] for cell in cells]


def _announced_delimiter(first_line: str) -> str | None:
    # Excel writes "sep=;" above the headings, and hides that line from its reader.
    announced = _SEPARATOR_LINE.fullmatch(first_line.strip("\r\n"))
    return announced[1] if announced else None


def _sniff(top: list[str], recognised: Callable[[NumberedRow], int]) -> str:
    """Return the delimiter under which some line reads most like headings."""

    def score(delimiter: str) -> tuple[int, int]:
        rows: list[NumberedRow] = []
        # What is wrong further down is told when it is read in earnest.
        with suppress(UnreadableFile):
            rows.extend(_parsed(iter(top), delimiter))
        return max(map(recognised, rows), default=0), len(rows[0][1]) if rows else 0

    return max(_DELIMITERS, key=score)


def read_csv(data: bytes, recognised: Callable[[NumberedRow], int]) -> Csv:
    """Open a CSV file.

    Args:
        recognised: returns how many of a row's cells are known headings.

    Raises:
        UnreadableFile: ``wrong_encoding``, ``damaged_letter``, ``nul_bytes``, ``line_too_long``;
            while rows are read also ``open_quote``, ``too_many_columns``.
    """
    encoding = _encoding_of(data)
    lines = _lines(data, encoding)
    top = list(islice(lines, _SNIFFED_ROWS))
    delimiter = _announced_delimiter(top[0]) if top else None
    if delimiter:
        lines = islice(_lines(data, encoding), 1, None)
    else:
        delimiter = _sniff(top, recognised)
        lines = _lines(data, encoding)
    return Csv(_parsed(lines, delimiter), encoding, delimiter)
