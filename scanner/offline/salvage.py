"""Read the rows out of a SQLite file that SQLite does not read any more.

Every page is looked at by itself, so that neither the file's header nor the tree above a page is
needed: one that is whole gives its rows. Newer pages that are in the journal (WAL) stand for those
in the file. See https://www.sqlite.org/fileformat2.html, whose numbers these are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

#: a value of a row: NULL, number or text; bytes where a text is not UTF-8
Value = None | int | float | str | bytes
Row = tuple[Value, ...]

_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR = 0x0D, 0x0A, 0x02
_PAGE_BYTES = 4096
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER, _FRAME_HEADER, _FILE_HEADER = 32, 24, 100
_LARGEST_ROW = 2**20
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def salvaged_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield the rows that can be read, each with its number; 0 in a table without such numbers.

    Args:
        path: of the file; its journal is beside it, as SQLite names it.
    """
    pages, size = _pages(path)
    for number in sorted(pages):
        yield from _Page(pages, size, number).rows()


def _pages(path: Path) -> tuple[dict[int, bytes], int]:
    whole = path.read_bytes() if path.exists() else b""
    journal = path.with_name(path.name + "-wal")
    wal = journal.read_bytes() if journal.exists() else b""
    size = _page_size(whole, wal)
    pages = {
        1 + at // size: whole[at : at + size] for at in range(0, len(whole), size) if whole[at:]
    }
    return pages | _committed(wal, size), size


def _page_size(whole: bytes, wal: bytes) -> int:
    told = int.from_bytes(whole[16:18]) if whole.startswith(b"SQLite format 3\0") else 0
    if len(wal) >= _WAL_HEADER and int.from_bytes(wal[:4]) in _WAL_MAGIC:
        told = int.from_bytes(wal[8:12])
    told = 65536 if told == 1 else told
    return told if 512 <= told <= 65536 and told.bit_count() == 1 else _PAGE_BYTES


def _committed(wal: bytes, size: int) -> dict[int, bytes]:
    """Return the pages of the journal up to its last commit, the newest of each."""
    salts = wal[16:24]
    if int.from_bytes(wal[:4]) not in _WAL_MAGIC:  # its header is damaged, too
        salts = wal[_WAL_HEADER + 8 : _WAL_HEADER + 16]
    pages: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for at in range(_WAL_HEADER, len(wal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        number, commits = struct.unpack(">II", wal[at : at + 8])
        if wal[at + 8 : at + 16] != salts:
            break
        pending[number] = wal[at + _FRAME_HEADER : at + _FRAME_HEADER + size]
        if commits:
            pages |= pending
            pending = {}
    return pages


class _Page:
    """A page of the file; of one that is no leaf, or not whole, nothing is read."""

    def __init__(self, pages: dict[int, bytes], size: int, number: int) -> None:
        self._pages, self._size = pages, size
        self._data = pages[number]
        self._start = _FILE_HEADER if number == 1 else 0

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows of its cells."""
        head = self._data[self._start : self._start + 8]
        if len(head) < 8 or head[0] not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR):
            return
        first = self._start + (12 if head[0] == _INDEX_INTERIOR else 8)
        for cell in range(int.from_bytes(head[3:5])):
            at = int.from_bytes(self._data[first + 2 * cell : first + 2 * cell + 2])
            try:
                yield self._row(head[0], at)
            except (IndexError, ValueError, struct.error):
                continue  # this cell is damaged: the next one may not be

    def _row(self, kind: int, at: int) -> tuple[int, Row]:
        if not self._start + 8 <= at < self._size:
            raise ValueError("no cell is there")
        if kind == _INDEX_INTERIOR:
            at += 4
        length, at = _varint(self._data, at)
        number = 0
        if kind == _TABLE_LEAF:
            number, at = _varint(self._data, at)
        if length > _LARGEST_ROW:
            raise ValueError("no row is so long")
        return number, _record(self._payload(kind, length, at))

    def _payload(self, kind: int, length: int, at: int) -> bytes:
        """Return the bytes of a row, of which the end may lie on other pages."""
        size = self._size
        most = size - 35 if kind == _TABLE_LEAF else (size - 12) * 64 // 255 - 23
        if length <= most:
            return _exactly(self._data[at : at + length], length)
        least = (size - 12) * 32 // 255 - 23
        here = least + (length - least) % (size - 4)
        here = here if here <= most else least
        payload = _exactly(self._data[at : at + here], here)
        following = int.from_bytes(_exactly(self._data[at + here : at + here + 4], 4))
        while len(payload) < length:
            page = self._pages.get(following)
            if page is None:
                raise ValueError("the end of the row is gone")
            payload += _exactly(page[4 : 4 + min(size - 4, length - len(payload))], 1)
            following = int.from_bytes(page[:4])
        return payload


def _exactly(data: bytes, least: int) -> bytes:
    if len(data) < least:
        raise ValueError("the row is cut off")
    return data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    raise ValueError("unreachable")


def _record(payload: bytes) -> Row:
    head, at = _varint(payload, 0)
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("no row")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind], at
    if kind == 7:
        return struct.unpack(">d", payload[at : at + 8])[0], at + 8
    if kind in _INTEGER_BYTES:
        end = at + _INTEGER_BYTES[kind]
        return int.from_bytes(_exactly(payload[at:end], end - at), signed=True), end
    if kind < 12:
        raise ValueError("no value")
    end = at + (kind - 12) // 2
    data = _exactly(payload[at:end], end - at)
    return (data.decode() if kind % 2 else data), end
