"""Erase the files in home that hold personal data, automatic backups of the database among them.

A file does not say of which event it is, and a backup holds every event: all of them are erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from checkin.db.engine import Database
from checkin.services.backups.copies import FOLDER as BACKUPS
from checkin.services.jobs.files import sweep

#: in home: badges as PDF, e-mails, and half-written ones
_FOLDERS = ("outbox", "badges")


def erase_files(database: Database, home: Path, until: datetime | None = None) -> int:
    """Erase the files of badges, messages and jobs, and return how many there were.

    Args:
        until: badges and messages that were written later stay; None erases all.
    """
    files = [file for folder in _FOLDERS for file in _files_in(home / folder)]
    return _erase(files, until) + sweep(database, home)


def erase_backups(home: Path, until: datetime | None = None) -> int:
    """Erase the automatic backups, and return how many there were: each holds every event.

    Args:
        until: those that were written later stay; None erases all.
    """
    return _erase(_files_in(home / BACKUPS), until)


def newest_backup(home: Path) -> datetime | None:
    """Return when the newest backup was written; None: there is none.

    What a restore has kept of a damaged database lies in folders beside them, and is no backup.
    """
    times = [path.stat().st_mtime for path in (home / BACKUPS).glob("*") if path.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _erase(files: Sequence[Path], until: datetime | None) -> int:
    gone = [path for path in files if until is None or _is_written_by(path, until)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _is_written_by(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime <= moment.timestamp()
    except FileNotFoundError:  # somebody else has erased it, or it got its final name
        return False
