"""Erase the files in home that hold personal data, automatic backups of the database among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from checkin.db.engine import Database
from checkin.services.backups.copies import FOLDER as BACKUPS
from checkin.services.jobs.files import sweep

#: in home: badges as PDF, e-mails, and half-written ones
_FOLDERS = ("outbox", "badges")


def erase_files(database: Database, home: Path) -> int:
    """Erase the files of badges, messages and jobs, and return how many there were."""
    files = [file for folder in _FOLDERS for file in _files_in(home / folder)]
    return _erase(files) + sweep(database, home)


def erase_backups(home: Path) -> int:
    """Erase the automatic backups, and return how many there were: each holds every event."""
    return _erase(_files_in(home / BACKUPS))


def newest_backup(home: Path) -> datetime | None:
    """Return when the newest backup was written; None: there is none.

    What a restore has kept of a damaged database lies in folders beside them, and is no backup.
    """
    times = [path.stat().st_mtime for path in (home / BACKUPS).glob("*") if path.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _erase(files: Sequence[Path]) -> int:
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)
