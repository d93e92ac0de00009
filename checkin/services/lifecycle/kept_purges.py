"""A small file beside the database of what was purged, which outlives a restore of the database.

It holds no personal data: numbers and short names of events, moments, and what was kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checkin.db.locks import ProcessLock
from checkin.db.models import Event
from checkin.services.common.private_files import only_ours
from checkin.services.lifecycle.retention import Keepable, Kept

_NAME = "purges.json"


@dataclass(frozen=True, slots=True)
class KeptPurge:
    """A purge as the file has it.

    Attributes:
        event_id, created_at: which event: a number may be another event's in another database.
    """

    event_id: int
    created_at: datetime
    slug: str
    purged_at: datetime
    keep: tuple[Keepable, ...]

    def is_of(self, event: Event) -> bool:
        """Say whether it was a purge of this event, as any backup may have it."""
        return (self.event_id, self.created_at) == (event.id, event.created_at)


@contextmanager
def purging_at(home: Path) -> Iterator[None]:
    """Hold a home against its other processes: one at a time erases in it and writes its file.

    It is not to be held twice by one thread, which would wait for itself.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = ProcessLock(home / _NAME)
    try:
        with lock.held():
            yield
    finally:
        lock.close()


def purges_at(home: Path) -> list[KeptPurge]:
    """Return the purges that the file in home names; none where there is no file."""
    try:
        rows = json.loads((home / _NAME).read_text("utf-8"))
    except FileNotFoundError:
        return []
    return [_parsed(row) for row in rows]


def keep_purge(home: Path, event: Event, purged_at: datetime, keep: Kept) -> None:
    """Write a purge into the file, in the place of an earlier one of the same event.

    Call it within `purging_at`.
    """
    new = KeptPurge(event.id, event.created_at, event.slug, purged_at, tuple(sorted(keep)))
    _write(home, [*(one for one in purges_at(home) if not one.is_of(event)), new])


def _write(home: Path, purges: Iterable[KeptPurge]) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = home / f"{_NAME}.part"
    with open(partial, "w", encoding="utf-8", opener=only_ours) as file:
        json.dump([_row(one) for one in purges], file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(home / _NAME)


def _row(one: KeptPurge) -> dict[str, object]:
    return {
        "event_id": one.event_id,
        "created_at": one.created_at.isoformat(),
        "slug": one.slug,
        "purged_at": one.purged_at.isoformat(),
        "keep": list(one.keep),
    }


def _parsed(row: dict[str, object]) -> KeptPurge:
    kept = row["keep"]
    return KeptPurge(
        int(str(row["event_id"])),
        datetime.fromisoformat(str(row["created_at"])),
        str(row["slug"]),
        datetime.fromisoformat(str(row["purged_at"])),
        tuple(Keepable(name) for name in kept) if isinstance(kept, list) else (),
    )
