"""The automatic copies in home: one an hour, of which fewer are kept the older they are.

A purge erases all of them, because each holds every event. They are without the master key, which
lies in the same home.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from checkin.db.engine import Database
from checkin.services.backups.archives import write_backup

#: in home: automatic backups of the database, the one before an update among them
FOLDER = "backups"
EVERY = timedelta(hours=1)
#: of the last two days every copy is kept, of the two weeks before the last one of each day
ALL_OF, DAILY_OF = timedelta(days=2), timedelta(days=16)
_FORM = "auto-%Y%m%dT%H%M%SZ.zip"
_BEFORE = "before-restore-%Y%m%dT%H%M%SZ.zip"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy in home; `at` is when it was made."""

    file: Path
    at: datetime
    size: int


def copies_in(home: Path) -> list[Copy]:
    """Return the automatic copies, the newest first."""
    found = []
    for file in (home / FOLDER).glob("auto-*.zip"):
        with suppress(ValueError, FileNotFoundError):
            at = datetime.strptime(file.name, _FORM).replace(tzinfo=UTC)
            found.append(Copy(file, at, file.stat().st_size))
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def copy_if_due(database: Database, home: Path, now: datetime) -> Path | None:
    """Make a copy where the newest one is an hour old, and forget those that are too many."""
    newest = next(iter(copies_in(home)), None)
    if newest is not None and timedelta() <= now - newest.at < EVERY:
        return None
    for left_by_a_crash in (home / FOLDER).glob(".backup-*"):
        shutil.rmtree(left_by_a_crash, ignore_errors=True)
    file = home / FOLDER / now.astimezone(UTC).strftime(_FORM)
    write_backup(database, file, now=now)
    for copy in superfluous(copies_in(home), now):
        copy.file.unlink(missing_ok=True)
    return file


def superfluous(copies: Sequence[Copy], now: datetime) -> list[Copy]:
    """Return the copies that are not kept, given all of them, the newest first."""
    days, gone = set(), []
    for copy in copies:
        age, day = now - copy.at, copy.at.date()
        if age > ALL_OF and (age > DAILY_OF or day in days):
            gone.append(copy)
        days.add(day)
    return gone


def before_restore(database: Database, home: Path, now: datetime) -> Path:
    """Keep the database as it is before another one takes its place."""
    file = home / FOLDER / now.astimezone(UTC).strftime(_BEFORE)
    write_backup(database, file, now=now)
    return file
