"""Check whether this server can take scans now, by a real write, the schema, and the disk."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from checkin.command_names import organiser_command
from checkin.db.engine import Database, in_transaction
from checkin.db.faults import SENTENCES, outage_of
from checkin.db.migrate import current_revision, head_revision, is_known
from checkin.services.common.keys import Keys
from checkin.services.common.master_key import key_fault

MIN_FREE_BYTES = 100 * 2**20
#: how long an answer is good: a real write for everyone who asks would keep the gates waiting
KEPT_S = 1.0
#: an answer as old as this says nothing any more, whoever is still looking for a newer one
STALE_S = 10.0
#: then one may wait so long for the one who looks
WAIT_S = 2.0


def readiness(database: Database, home: Path, keys: Keys) -> dict[str, str]:
    """Check the database, whether it is this key's, and the disk; return the faults by part."""
    key = key_fault(database, keys)
    return database_faults(database, home) | ({"key": key} if key else {})


def database_faults(database: Database, home: Path) -> dict[str, str]:
    """Check the database and the disk; return the faults by part, empty when there are none."""
    faults = {
        "database": _write_fault(database),
        "schema": _schema_fault(database),
        "disk": _disk_fault(home),
    }
    return {part: fault for part, fault in faults.items() if fault}


class RecentReadiness:
    """A cache of readiness checks: one caller at a time checks, the others get the last result.

    Args:
        look: performs the check and returns the faults by part.
        clock: a clock in seconds.
    """

    def __init__(
        self, look: Callable[[], dict[str, str]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look = look
        self._clock = clock
        self._looking = threading.Lock()
        self._found: dict[str, str] = {}
        self._found_at = float("-inf")

    def faults(self) -> dict[str, str]:
        """Return the faults by part, empty when there are none; at most a moment old."""
        stale = self._age_s() >= STALE_S
        if self._age_s() < KEPT_S:
            return self._found
        if self._looking.acquire(timeout=WAIT_S if stale else 0):
            try:
                self._look_again()
            finally:
                self._looking.release()
        elif stale:
            return {"database": "it has been asked and does not answer in time"}
        return self._found

    def _look_again(self) -> None:
        if self._age_s() >= KEPT_S:  # nobody has, while this one waited
            self._found = self._look()
            self._found_at = self._clock()

    def _age_s(self) -> float:
        return self._clock() - self._found_at


def _write_fault(database: Database) -> str:
    try:
        in_transaction(
            database,
            lambda s: s.execute(text("UPDATE alembic_version SET version_num = version_num")),
        )
    except SQLAlchemyError as fault:
        return f"cannot write: {_in_words(fault)}"
    return ""


def schema_fault(at: str | None) -> str:
    """Return the fault of a database whose schema is at this revision; "" when there is none.

    Args:
        at: the schema's revision; None for an empty database.
    """
    if at == head_revision():
        return ""
    if at is None:
        return f"the database is not set up: run `{organiser_command()} init` first"
    if is_known(at):
        return (
            f"the database is of an older version: run `{organiser_command()} init`, after a backup"
        )
    return (
        f"the database was made by a newer version of Marhaba (its schema is {at}): start that "
        "version, or put a backup of your own version back"
    )


def _schema_fault(database: Database) -> str:
    try:
        return schema_fault(current_revision(database))
    except SQLAlchemyError as fault:
        return f"cannot read: {_in_words(fault)}"


def _in_words(fault: SQLAlchemyError) -> str:
    outage = outage_of(fault)
    return SENTENCES[outage] if outage else type(fault).__name__


def _disk_fault(home: Path) -> str:
    free = shutil.disk_usage(home).free
    return "" if free >= MIN_FREE_BYTES else f"{free // 2**20} MB free: make room"
