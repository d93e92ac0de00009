"""Move a damaged file of this device aside, and put what can be read of it into a new one.

The damaged file is kept: somebody may read more of it by hand. It holds what the spool holds.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from checkin.protocol.epochs import is_epoch
from scanner.core.scan import kept_scan
from scanner.offline.disk import Connect, faults, is_damage
from scanner.offline.salvage import Row, Value, salvaged_rows

_DONE = "salvaged"
#: of the names of a file and its journals; it goes last: until then it is found to be damaged
_JOURNALS_FIRST = ("-wal", "-shm", "")
_MAGIC = b"SQLite format 3\0"
_TOLD = {"turn", "version", "send_again"}


def move_aside(path: Path) -> None:
    """Move a file and its journals into a folder that is named with the moment."""
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    folder = path.parent / f"damaged-{path.stem}-{moment}"
    folder.mkdir(mode=0o700)
    for suffix in _JOURNALS_FIRST:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(folder / (path.name + suffix))


def folders_to_salvage(path: Path) -> list[Path]:
    """Return the folders with what was moved aside of a file and not been salvaged yet."""
    folders = sorted(path.parent.glob(f"damaged-{path.stem}-*"))
    return [one for one in folders if not (one / _DONE).exists()]


def note_salvaged(folders: Iterable[Path]) -> None:
    """Remember that these folders need no further salvage."""
    for folder in folders:
        (folder / _DONE).touch()


def forget_damaged(folder: Path) -> None:
    """Erase what was moved aside in a device's folder."""
    for one in folder.glob("damaged-*"):
        shutil.rmtree(one, ignore_errors=True)


def is_whole(path: Path, connect: Connect, holds: Callable[[sqlite3.Connection], None]) -> bool:
    """Say whether SQLite reads a file that is there.

    Args:
        holds: reads what must be readable, and raises ValueError if it is not.

    Raises:
        sqlite3.Error, OSError: the disk does not let it be read.
    """
    with path.open("rb") as file:
        # SQLite would call an empty file a new one, and throw its journal away.
        if file.read(len(_MAGIC)) != _MAGIC:
            return False
    connection = connect(path)
    try:
        [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
        holds(connection)
    except (ValueError, KeyError, TypeError):
        return False
    except sqlite3.Error as error:
        if is_damage(error) or "UTF-8" in str(error):
            return False
        raise
    finally:
        connection.close()
    return bool(verdict == "ok")


def renew_if_damaged(path: Path, connect: Connect) -> None:
    """Erase a damaged file whose content the server gives again."""
    with faults(path):
        if path.exists() and not is_whole(path, connect, lambda _: None):
            for suffix in _JOURNALS_FIRST:
                path.with_name(path.name + suffix).unlink(missing_ok=True)


def read_back(connection: sqlite3.Connection, folders: Iterable[Path], file: str) -> int:
    """Put the rows that can be read into a new spool, in the caller's transaction.

    Returns:
        How many scans those are: that wait, are set aside, or were acknowledged.
    """
    before = _scans_in(connection)
    for folder in folders:
        for number, row in salvaged_rows(folder / file):
            for statement, values in _statements(number, row):
                connection.execute(statement, values)
    return _scans_in(connection) - before


def _scans_in(connection: sqlite3.Connection) -> int:
    tables = ("waiting", "walk_ins", "set_aside", "acknowledged")
    counts = (connection.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables)  # noqa: S608 - tables of the spool
    return sum(counts)


def _statements(number: int, row: Row) -> list[tuple[str, Row]]:
    """Return what stores a row, by the shape that only one of the spool's tables has."""
    for shape in _SHAPES:
        with contextlib.suppress(ValueError, KeyError, TypeError, IndexError):
            if (stored := shape(number, row)) is not None:
                return [stored]
    return []


Stored = tuple[str, Row] | None


def _waiting(_: int, row: Row) -> Stored:
    if row[0] is not None or not 4 <= len(row) <= 6 or not _is_scan(row[1], row[2]):
        return None
    scan_id, body, decided, frame, lease_id = _filled(row[1:], None, None, None, "", None)
    _json_or_none(decided)
    return (
        "INSERT OR IGNORE INTO waiting (scan_id, body, decided, frame, lease_id)"
        " VALUES (?, ?, ?, ?, ?)",
        (scan_id, body, decided, frame or "", lease_id),
    )


def _set_aside(_: int, row: Row) -> Stored:
    if row[0] is None or not 4 <= len(row) <= 7 or not _is_scan(row[0], row[1]):
        return None
    values = _filled(row, None, None, "", "", None, "", None)
    _json_or_none(values[4])
    return "INSERT OR IGNORE INTO set_aside VALUES (?, ?, ?, ?, ?, ?, ?)", values


def _walk_in(_: int, row: Row) -> Stored:
    if len(row) != 7 or row[0] is not None or not _is_scan(row[1], row[3]):
        return None
    if "sealed" not in json.loads(str(row[2])):
        return None
    return (
        "INSERT OR IGNORE INTO walk_ins (scan_id, body, scan, decided, frame, lease_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        row[1:],
    )


def _acknowledged(_: int, row: Row) -> Stored:
    if len(row) != 9 or row[0] is not None or not _is_scan(row[1], row[3]):
        return None
    _json_or_none(row[4])
    return (
        "INSERT OR IGNORE INTO acknowledged (scan_id, event, body, decided, frame, lease_id,"
        " delegation_id, annulled) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row[1:],
    )


def _registered(_: int, row: Row) -> Stored:
    if len(row) != 4 or "sealed" not in json.loads(str(row[2])):
        return None
    bytes.fromhex(str(row[3]))
    return "INSERT OR IGNORE INTO registered_walk_ins VALUES (?, ?, ?, ?)", row


def _passage(_: int, row: Row) -> Stored:
    if len(row) != 11 or row[0] is not None:
        return None
    UUID(str(row[1]))
    datetime.fromisoformat(str(row[6]))
    return (
        "INSERT OR IGNORE INTO passages (scan_id, tag, participant_id, delegation_id, direction,"
        " at, gate, charged_to, place, seat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row[1:],
    )


def _acknowledged_by(_: int, row: Row) -> Stored:
    is_one = len(row) == 3 and isinstance(row[2], int) and is_epoch(str(row[1]))
    return ("INSERT OR IGNORE INTO acknowledged_by VALUES (?, ?, ?)", row) if is_one else None


def _epoch(number: int, row: Row) -> Stored:
    if len(row) != 2 or row[0] is not None or not is_epoch(str(row[1])):
        return None
    return "INSERT OR IGNORE INTO epochs (position, epoch) VALUES (?, ?)", (number, row[1])


def _clock(number: int, row: Row) -> Stored:
    if number == 0 or len(row) != 2 or not isinstance(row[0], str):
        return None  # or it is an entry of an index
    is_one = isinstance(row[1], int | float)
    return ("INSERT OR IGNORE INTO clocks VALUES (?, ?)", row) if is_one else None


def _told(_: int, row: Row) -> Stored:
    is_one = len(row) == 2 and row[0] in _TOLD and isinstance(row[1], str)
    return ("INSERT OR REPLACE INTO told VALUES (?, ?)", row) if is_one else None


_SHAPES = (
    *(_waiting, _acknowledged, _walk_in, _set_aside, _registered, _passage),
    *(_acknowledged_by, _epoch, _told, _clock),
)


def _is_scan(scan_id: Value, body: Value) -> bool:
    scan = kept_scan({k: v for k, v in json.loads(str(body)).items() if k != "walk_in"})
    return str(UUID(str(scan_id))) == scan.scan_id


def _filled(row: Row, *otherwise: Value) -> Row:
    return (*row, *otherwise[len(row) :])


def _json_or_none(text: Value) -> None:
    if text is not None:
        json.loads(str(text))
