"""Can this server take scans now? A real write, the schema, the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from checkin.command_names import organiser_command
from checkin.db.engine import Database, in_transaction
from checkin.db.migrate import current_revision, head_revision

MIN_FREE_BYTES = 100 * 2**20


def readiness(database: Database, home: Path) -> dict[str, str]:
    """Return what is wrong, by part; nothing when all is well."""
    faults = {
        "database": _write_fault(database),
        "schema": _schema_fault(database),
        "disk": _disk_fault(home),
    }
    return {part: fault for part, fault in faults.items() if fault}


def _write_fault(database: Database) -> str:
    try:
        in_transaction(
            database,
            lambda s: s.execute(text("UPDATE alembic_version SET version_num = version_num")),
        )
    except SQLAlchemyError as fault:
        return f"cannot write: {type(fault).__name__}"
    return ""


def _schema_fault(database: Database) -> str:
    try:
        at = current_revision(database)
    except SQLAlchemyError as fault:
        return f"cannot read: {type(fault).__name__}"
    head = head_revision()
    return "" if at == head else f"at {at}, needs {head}: run `{organiser_command()} init`"


def _disk_fault(home: Path) -> str:
    free = shutil.disk_usage(home).free
    return "" if free >= MIN_FREE_BYTES else f"{free // 2**20} MB free: make room"
