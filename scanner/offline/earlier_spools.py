"""Take the codes out of the spools of earlier versions, which kept them on the disk."""

from __future__ import annotations

import json
import sqlite3

from scanner.core.scan import ref_of
from scanner.offline.disk import DeviceFile

#: `user_version` of a spool that holds no code, and never held one since it was rewritten
WITHOUT_CODES = 1
_SCANS_IN = (("waiting", "body"), ("set_aside", "body"), ("walk_ins", "scan"))


def forget_codes(file: DeviceFile) -> None:
    """Name the badges in a spool by their refs, and erase what was there from file and journal.

    Interrupted, it is done again by the next start.

    Raises:
        SpoolUnwritable: the disk is full or broken; nothing is lost.
    """
    if file.number("PRAGMA user_version") >= WITHOUT_CODES:
        return
    with file.transaction() as connection:
        for table, column in _SCANS_IN:
            _rewrite(connection, table, column)
    file.clean()
    file.write(f"PRAGMA user_version = {WITHOUT_CODES}")


def _rewrite(connection: sqlite3.Connection, table: str, column: str) -> None:
    rows = connection.execute(f"SELECT scan_id, {column} FROM {table}").fetchall()  # noqa: S608 - texts of this file
    connection.executemany(
        f"UPDATE {table} SET {column} = ? WHERE scan_id = ?",  # noqa: S608 - texts of this file
        [(json.dumps(_without_code(json.loads(body))), scan_id) for scan_id, body in rows],
    )


def _without_code(body: dict[str, str]) -> dict[str, str]:
    kept = {"badge_ref": ref_of(body.get("code", ""))} | body
    kept.pop("code", None)
    return kept
