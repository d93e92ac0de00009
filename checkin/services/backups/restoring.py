"""Put the database of a backup in the place of the present one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from checkin.db.connecting import migration_engine, sqlite_files
from checkin.db.engine import Database
from checkin.db.migrate import is_known
from checkin.errors import InvalidRequest
from checkin.services.backups.archives import (
    DATABASES,
    Manifest,
    read_manifest,
    run_program,
    unpack_database,
)


def put_back(database: Database, file: Path) -> Manifest:
    """Replace the database by a backup's; the caller has closed every other connection.

    The schema is the backup's afterwards: `upgrade` it, and begin an epoch.

    Raises:
        InvalidRequest: the backup is damaged, of another kind of database, or of a newer version;
            nothing was changed.
        Unavailable: PostgreSQL's `pg_restore` is missing or too old, and nothing was changed; or
            it failed while it put the database back, which may be empty then.
    """
    manifest = read_manifest(file)
    if manifest.database != database.dialect:
        raise InvalidRequest(
            f"{file} is of {manifest.database}, and this server uses {database.dialect}: set "
            "CHECKIN_DATABASE_URL to a database of that kind"
        )
    if not is_known(manifest.revision):
        raise InvalidRequest(
            f"{file} was made by Marhaba {manifest.version}, which is newer: start that version"
        )
    url = make_url(database.direct_url)
    if database.dialect == "sqlite":
        _replace_file(Path(str(url.database)), file, database)
        return manifest
    with tempfile.TemporaryDirectory(prefix="marhaba-restore-") as folder:
        dump = Path(folder, DATABASES["postgresql"])
        unpack_database(file, dump)  # by pg_restore: without it, nothing is emptied
        database.disconnect()
        _empty(database)
        how = ("--no-owner", "--exit-on-error", "--single-transaction")
        run_program("pg_restore", *how, str(dump), url=url)
    return manifest


def _replace_file(live: Path, file: Path, database: Database) -> None:
    new = live.with_name(live.name + ".restored")
    new.unlink(missing_ok=True)
    try:
        unpack_database(file, new)
        database.disconnect()
        _, *logs = sqlite_files(live)
        for log in logs:  # of the database that goes: in the new one it would be nonsense
            log.unlink(missing_ok=True)
        new.replace(live)
    finally:
        new.unlink(missing_ok=True)


def _empty(database: Database) -> None:
    # The dump makes everything anew, and what a newer schema had beside it would stay in its way.
    engine = migration_engine(database.direct_url)
    with engine.begin() as connection:
        schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    engine.dispose()
