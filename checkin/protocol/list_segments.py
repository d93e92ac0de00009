"""Segments: the gate list of very many people, in pieces that never change.

A segment is a format byte and then records, sorted by their tags:

    tag (16 bytes) | length of what follows (4 bytes, big-endian) | nonce ‖ ciphertext
    tag (16 bytes) | 0 (4 bytes)                                  | reason (1 byte)

The first is an entry, the second a tombstone. A segment's mark is the SHA-256 of its bytes. The
signed head of the list names the marks in the order in which segments replace one another: of two
that hold a tag the later one is right. Those that were written together lie side by side, so that a
tag is looked up in one of them alone.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checkin.protocol.base64url import bytes_of, text_of
from checkin.protocol.gate_list import SealedEntry, Tombstone

#: of the head of a list of segments; that of a list is `checkin.protocol.gate_list.FORMAT`
HEAD_FORMAT = 2
_FORMAT = b"\x01"
_RECORD = struct.Struct(">16sI")
_REASONS = ("revoked",)
#: so many segments are sent in one answer, behind one another: some 4 MB
MOST_AT_ONCE = 16


Record = SealedEntry | Tombstone


@dataclass(frozen=True, slots=True)
class Extent:
    """How many records a segment has, and between which tags, in hexadecimal."""

    records: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Named:
    """A segment as the head of a list names it: its mark, bytes, and first and last tag as hex."""

    mark: str
    size: int
    first: str
    last: str

    def may_hold(self, tag: str) -> bool:
        """Say whether the record of a tag can be in it."""
        return self.first <= bytes_of(tag).hex() <= self.last


def segments_in(head: Mapping[str, Any]) -> tuple[Named, ...]:
    """Return the segments that the head of a list names, in their order.

    Raises:
        KeyError, TypeError, ValueError: it is no such head.
    """
    return tuple(
        Named(str(one["mark"]), int(one["bytes"]), str(one["first"]), str(one["last"]))
        for one in head["segments"]
    )


def record_bytes(record: Record) -> bytes:
    """Return a record as it stands in a segment; sorted, they are in the order of their tags."""
    tag = bytes_of(record.tag)
    if isinstance(record, Tombstone):
        return _RECORD.pack(tag, 0) + bytes([_REASONS.index(record.reason)])
    sealed = bytes_of(record.sealed)
    return _RECORD.pack(tag, len(sealed)) + sealed


def segment_of(records: Iterable[bytes]) -> bytes:
    """Return a segment of some `record_bytes`, no two of one tag."""
    return _FORMAT + b"".join(sorted(records))


def mark_of(content: bytes) -> str:
    """Return the name of a segment: base64url of the SHA-256 of its bytes."""
    return text_of(hashlib.sha256(content).digest())


def extent_of(content: bytes) -> Extent:
    """Read a segment to its end.

    Raises:
        ValueError: these bytes are no segment.
    """
    first = last = b""
    count = 0
    for tag, start, size in _places(content):
        if tag <= last or (not size and content[start] >= len(_REASONS)):
            raise ValueError("the records are not in order")
        first, last, count = first or tag, tag, count + 1
    if not count:
        raise ValueError("it has no records")
    return Extent(count, first.hex(), last.hex())


def record_in(content: bytes, tag: str) -> Record | None:
    """Return the record of a tag in a segment, or None."""
    wanted = bytes_of(tag)
    for found, start, size in _places(content):
        if found == wanted and size:
            return SealedEntry(tag, text_of(content[start : start + size]))
        if found >= wanted:
            return Tombstone(tag, _REASONS[content[start]]) if found == wanted else None
    return None


def _places(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the tag of each record, and where what is sealed begins and how long it is."""
    at, end = len(_FORMAT), len(content)
    if not content.startswith(_FORMAT):
        raise ValueError("it is of another format")
    while at < end:
        if at + _RECORD.size > end:
            raise ValueError("a record is cut off")
        tag, size = _RECORD.unpack_from(content, at)
        at += _RECORD.size
        if at + (size or 1) > end:
            raise ValueError("a record is cut off")
        yield tag, at, size
        at += size or 1
