"""Whether a gate list that arrived may replace or extend the one that is held. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from checkin.protocol.compact_entries import names_in
from checkin.protocol.gate_list import (
    FORMAT,
    SealedEntry,
    Tombstone,
    list_is_genuine,
    signed_bytes,
)
from checkin.protocol.list_segments import HEAD_FORMAT, Named, segments_in

#: a list that the server has not confirmed for this long is worth a warning
STALE_AFTER = timedelta(minutes=30)


class Objection(StrEnum):
    """Why a list is not taken."""

    UNREADABLE = "unreadable"
    FORGED = "forged"
    OTHER_KEY = "other_key"
    OTHER_EVENT = "other_event"
    OLDER = "older"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of the list that is held, or of the event before there is one.

    Attributes:
        event, public_key: empty until they are known.
        cursor: 0 while no list is held.
        epoch: of the database that made it; empty from a server that knows of none.
        left: the epochs of the lists that were held before.
    """

    event: str = ""
    public_key: str = ""
    cursor: int = 0
    epoch: str = ""
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Received:
    """A gate list as it arrived: parsed, but not verified.

    Attributes:
        segments: in which the list of very many people is fetched; it has no entries then.
    """

    head: dict[str, Any]
    tombstones: tuple[Tombstone, ...]
    entries: tuple[SealedEntry, ...]
    public_key: str
    signature: str
    segments: tuple[Named, ...] = ()

    @property
    def comes_in_segments(self) -> bool:
        """Say whether it is the head of a list whose segments are to be fetched."""
        return bool(self.head["format"] == HEAD_FORMAT)

    @property
    def cursor(self) -> int:
        """Return the version of the stored list after this one is stored."""
        return int(self.head["cursor"])

    @property
    def since(self) -> int:
        """Return the version that it extends; 0 for a whole list."""
        return int(self.head["since"] or 0)

    @property
    def epoch(self) -> str:
        """Return the epoch of the database that made it; empty where the server knows of none."""
        return str(self.head.get("epoch") or "")

    @property
    def issued_at(self) -> datetime:
        """Return as of which moment it is: when the server made it, or its segments."""
        return datetime.fromisoformat(self.head.get("as_of") or self.head["issued_at"])


def received(body: dict[str, Any]) -> Received | None:
    """Read the reply of `GET /gate-list`; None when it is not one."""
    try:
        head = dict(body["head"])
        read = Received(
            head,
            tuple(Tombstone(str(t["tag"]), str(t["reason"])) for t in body["tombstones"]),
            tuple(SealedEntry(str(e["tag"]), str(e["sealed"])) for e in body["entries"]),
            str(body["public_key"]),
            str(body["signature"]),
            segments_in(head) if head["format"] == HEAD_FORMAT else (),
        )
        return read if _is_readable(read) else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _is_readable(read: Received) -> bool:
    head = read.head
    signed_bytes(head, read.tombstones, read.entries)  # half a surrogate has no bytes
    kinds = isinstance(head["event"], str) and isinstance(head["policy"], dict)
    dated = read.issued_at.tzinfo is not None and read.cursor >= read.since
    if not read.comes_in_segments:
        return kinds and dated and head["format"] == FORMAT
    names_in(head)
    return kinds and dated and not (read.since or read.tombstones or read.entries)


def objection(held: Held, new: Received | None) -> Objection | None:
    """Return why a list must not be stored; None when it may be."""
    if new is None:
        return Objection.UNREADABLE
    if held.public_key and new.public_key != held.public_key:
        return Objection.OTHER_KEY
    content = signed_bytes(new.head, new.tombstones, new.entries)
    if not list_is_genuine(new.public_key, content, new.signature):
        return Objection.FORGED
    if held.event and new.head["event"] != held.event:
        return Objection.OTHER_EVENT
    if held.epoch and new.epoch and new.epoch != held.epoch:
        # The cursors of two epochs say nothing of one another. One that was left is an old answer.
        if new.epoch in held.left:
            return Objection.OLDER
        return Objection.GAP if new.since else None
    # The cursor alone says what is newer: the server's clock may have been set back since.
    if new.cursor < held.cursor:
        return Objection.OLDER
    return Objection.GAP if new.since not in (0, held.cursor) else None


def is_stale(confirmed_at: datetime | None, now: datetime) -> bool:
    """Say whether the list's age is worth a warning; never without a list."""
    return confirmed_at is not None and now - confirmed_at > STALE_AFTER
