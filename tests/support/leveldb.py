"""Read what LevelDB has on the disk: Chromium keeps IndexedDB and localStorage in it.

Deleted rows stay in its files until those are rewritten, and blocks of its tables are compressed:
neither a query nor a plain search of the files tells what lies there. The formats are those of
LevelDB's `log_format.md` and `table_format.md`, and of Snappy's `format_description.txt`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_LOG_BLOCK_BYTES = 32_768
_LOG_HEADER_BYTES = 7
_FOOTER_BYTES = 48
_SNAPPY = 1
#: what Blink writes before a value of IndexedDB that it has compressed itself
_COMPRESSED_VALUE = b"\xff\x11\x02"


def texts_in(file: Path) -> Iterator[bytes]:
    """Yield a file's bytes, and beside them what they mean where LevelDB wrote them."""
    data = file.read_bytes()
    yield data
    if file.suffix == ".log":
        yield log_records(data)
    elif file.suffix == ".ldb":
        for row in table_rows(data):
            yield row
            yield from _compressed_values(row)


def log_records(data: bytes) -> bytes:
    """Join the records of a log, which are cut at the borders of its blocks."""
    joined, at = bytearray(), 0
    while at + _LOG_HEADER_BYTES <= len(data):
        left = _LOG_BLOCK_BYTES - at % _LOG_BLOCK_BYTES
        if left < _LOG_HEADER_BYTES:
            at += left
            continue
        length = int.from_bytes(data[at + 4 : at + 6], "little")
        at += _LOG_HEADER_BYTES
        joined += data[at : at + length]
        at += length
    return bytes(joined)


def table_rows(data: bytes) -> Iterator[bytes]:
    """Yield each key of a table with its value, the newer versions of a key first."""
    _, at = _handle(data, len(data) - _FOOTER_BYTES)
    index, _ = _handle(data, at)
    for _, place in _entries(_block(data, index)):
        handle, _ = _handle(place, 0)
        for key, value in _entries(_block(data, handle)):
            yield key + value


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    start, at = _varint(data, at)
    size, at = _varint(data, at)
    return (start, size), at


def _block(data: bytes, handle: tuple[int, int]) -> bytes:
    start, size = handle
    block = data[start : start + size]
    return unsnapped(block) if data[start + size] == _SNAPPY else block


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    restarts = int.from_bytes(block[-4:], "little")
    at, end, key = 0, len(block) - 4 * (restarts + 1), b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        at += fresh
        yield key, block[at : at + length]
        at += length


def _compressed_values(row: bytes) -> Iterator[bytes]:
    _, marked, compressed = row.partition(_COMPRESSED_VALUE)
    if marked:
        yield unsnapped(compressed)


def unsnapped(data: bytes) -> bytes:
    """Decompress what Snappy compressed: literals, and copies of what came before."""
    _, at = _varint(data, 0)
    clear = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length, at = _literal_length(data, at, tag >> 2)
            clear += data[at : at + length]
            at += length
        else:
            length, offset, at = _copy(data, at, tag)
            for _ in range(length):  # a copy may reach into itself
                clear.append(clear[-offset])
    return bytes(clear)


def _literal_length(data: bytes, at: int, code: int) -> tuple[int, int]:
    wide = max(0, code - 59)
    if not wide:
        return code + 1, at
    return int.from_bytes(data[at : at + wide], "little") + 1, at + wide


def _copy(data: bytes, at: int, tag: int) -> tuple[int, int, int]:
    """Return length and offset of a copy, and where the next element begins."""
    if tag & 3 == 1:
        return 4 + (tag >> 2 & 7), tag >> 5 << 8 | data[at], at + 1
    wide = 2 if tag & 3 == 2 else 4
    return 1 + (tag >> 2), int.from_bytes(data[at : at + wide], "little"), at + wide


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
