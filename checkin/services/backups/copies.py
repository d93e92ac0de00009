"""The automatic copies in home: one an hour, of which fewer are kept the older they are.

Somebody may ask for one at once; with several nodes, each of which has its own, all make it. A
purge erases all of them, because each holds every event. They are without the master key, which
lies in the same home.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.engine import Database
from checkin.services.backups.archives import add_key, write_backup
from checkin.services.common.installation_settings import keep_setting, kept_settings
from checkin.services.common.private_files import only_ours

#: in home: automatic backups of the database, the one before an update among them
FOLDER = "backups"
EVERY = timedelta(hours=1)
#: of the last two days every copy is kept, of the two weeks before the last one of each day
ALL_OF, DAILY_OF = timedelta(days=2), timedelta(days=16)
_FORM = "auto-%Y%m%dT%H%M%SZ.zip"
_BEFORE = "before-restore-%Y%m%dT%H%M%SZ.zip"
#: before the names of folders in which copies are made, and in which they are given out
_MADE, _TAKEN = ".backup-", ".download-"
_ASKED_AT, _FAILED_AT, _FAULT = "copy_asked_at", "copy_failed_at", "copy_fault"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy in home; `at` is when it was made."""

    file: Path
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no copy could be made the last time, in the words of the program or the system."""

    at: datetime
    fault: str


def ask_for_copy(session: Session, now: datetime) -> None:
    """Let the worker make a copy at once."""
    keep_setting(session, _ASKED_AT, now.replace(microsecond=0).isoformat())


def copy_asked_at(session: Session) -> datetime | None:
    """Return when somebody has asked for a copy last."""
    text = kept_settings(session).get(_ASKED_AT)
    return datetime.fromisoformat(text) if text else None


def last_failure(session: Session) -> Failure | None:
    """Return why the last copy could not be made; None where it was."""
    kept = kept_settings(session)
    if _FAILED_AT not in kept:
        return None
    return Failure(datetime.fromisoformat(kept[_FAILED_AT]), kept[_FAULT])


def keep_failure(session: Session, failure: Failure | None) -> None:
    """Keep why no copy could be made, or that one was."""
    keep_setting(session, _FAILED_AT, failure.at.isoformat() if failure else None)
    keep_setting(session, _FAULT, failure.fault if failure else None)


def is_due(newest: Copy | None, asked_at: datetime | None, now: datetime) -> bool:
    """Say whether the newest copy is too old, or somebody has asked for another since."""
    if newest is None or not timedelta() <= now - newest.at < EVERY:
        return True
    return asked_at is not None and newest.at < asked_at


def copies_in(home: Path) -> list[Copy]:
    """Return the automatic copies, the newest first."""
    found = []
    for file in (home / FOLDER).glob("auto-*.zip"):
        with suppress(ValueError, FileNotFoundError):
            at = datetime.strptime(file.name, _FORM).replace(tzinfo=UTC)
            found.append(Copy(file, at, file.stat().st_size))
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def copy_if_due(database: Database, home: Path, now: datetime) -> Path | None:
    """Make a copy where one is due, and forget those that are too many."""
    with database.read() as session:
        asked_at = copy_asked_at(session)
    if not is_due(next(iter(copies_in(home)), None), asked_at, now):
        return None
    _remove_remains(home / FOLDER, now)
    file = home / FOLDER / now.astimezone(UTC).strftime(_FORM)
    write_backup(database, file, now=now)
    for copy in superfluous(copies_in(home), now):
        copy.file.unlink(missing_ok=True)
    return file


def with_key(copy: Copy, home: Path, sealed_key: Mapping[str, Any], now: datetime) -> Path:
    """Return a copy to take away, with the sealed master key in it: the caller deletes its folder.

    Raises:
        FileNotFoundError: the copy has given way to a newer one meanwhile.
    """
    folder = Path(tempfile.mkdtemp(prefix=_TAKEN, dir=home / FOLDER))
    file = folder / now.astimezone(UTC).strftime("marhaba-%Y%m%dT%H%M%SZ.zip")
    with copy.file.open("rb") as there, open(file, "xb", opener=only_ours) as here:
        shutil.copyfileobj(there, here)
    add_key(file, sealed_key)
    return file


def _remove_remains(folder: Path, now: datetime) -> None:
    """Remove what a crash has left of copies that were being made or given out."""
    for left in (*folder.glob(f"{_MADE}*"), *folder.glob(f"{_TAKEN}*")):
        with suppress(FileNotFoundError):
            age = now - datetime.fromtimestamp(left.stat().st_mtime, UTC)
            if left.name.startswith(_MADE) or age > EVERY:
                shutil.rmtree(left, ignore_errors=True)


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
