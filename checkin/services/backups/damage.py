"""Whether the present database can be read to its end, and what is kept of one that cannot."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from checkin.db.connecting import sqlite_files
from checkin.db.engine import Database
from checkin.db.faults import Outage, outage_of
from checkin.services.backups.copies import FOLDER
from checkin.services.common.private_files import only_ours

_DAMAGED = "damaged-%Y%m%dT%H%M%SZ"
_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"


def is_damaged(database: Database) -> bool:
    """Read all of a database, and say whether some of it cannot be read.

    One that is merely away, in use or full is not damaged.
    """
    try:
        with database.reading() as connection:
            if database.dialect == "sqlite":
                return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok"
            for table in connection.exec_driver_sql(_TABLES).scalars().all():
                # As text, so that what is stored beside the row is read, too.
                connection.exec_driver_sql(f"SELECT max(length(t::text)) FROM {table} AS t")  # noqa: S608 - quoted
    except SQLAlchemyError as fault:
        return outage_of(fault) == Outage.DAMAGED
    return False


def keep_damaged(database: Database, home: Path, now: datetime) -> Path | None:
    """Keep the files of a damaged database as they are, and return the folder.

    Somebody may read more of them by hand. Of PostgreSQL's nothing is kept: they are its own.

    Raises:
        OSError: they can be neither linked nor read.
    """
    if database.dialect != "sqlite":
        return None
    folder = home / FOLDER / now.astimezone(UTC).strftime(_DAMAGED)
    folder.mkdir(parents=True, mode=0o700)
    live, log, _ = sqlite_files(Path(str(make_url(database.direct_url).database)))
    for file in (live, log):
        if file.exists():
            _keep(file, folder / file.name)
    return folder


def _keep(file: Path, kept: Path) -> None:
    try:
        os.link(file, kept)  # not read: the disk may fail in its midst
    except OSError:  # another disk, or one without links
        with file.open("rb") as there, open(kept, "xb", opener=only_ours) as here:
            shutil.copyfileobj(there, here)
