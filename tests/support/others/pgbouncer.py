"""A pgbouncer in transaction mode for the tests, before the PostgreSQL of the suite."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.support.databases.databases import required
from tests.support.waiting import wait_for

MISSING = "pgbouncer is not installed: on Debian and Ubuntu `apt-get install pgbouncer`"
#: few, so that clients really change places
SERVER_CONNECTIONS = 4
_PORT = 6432  # of a socket in a folder of our own
_SETTINGS = """
[databases]
* = host={postgresql}
[pgbouncer]
pool_mode = transaction
unix_socket_dir = {folder}
listen_port = {port}
auth_type = trust
auth_file = {folder}/users
default_pool_size = {server_connections}
max_client_conn = 300
"""
#: since this version it keeps prepared statements by itself, unless it is told not to
_KEEPS_STATEMENTS = (1, 21)


def _program() -> str:
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        (pytest.fail if required() else pytest.skip)(MISSING)
        raise AssertionError("unreachable")
    return program


@contextmanager
def pgbouncer(database_url: str) -> Iterator[str]:
    """Yield the address by which pgbouncer leads to a database of a PostgreSQL that runs."""
    program, folder = _program(), Path(tempfile.mkdtemp(prefix="marhaba-pgbouncer-"))
    url = make_url(database_url)
    _write_settings(folder, program, str(url.query["host"]))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, folder / "settings.ini"], stdout=log, stderr=log, **_account(folder)
        )
    through = url.update_query_dict({"host": str(folder), "port": str(_PORT)})
    try:
        wait_for(lambda: _answers(folder, url.database or ""), "pgbouncer")
        yield through.render_as_string()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _version(program: str) -> tuple[int, ...]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in told.stdout.split()[1].split("."))


def _write_settings(folder: Path, program: str, postgresql: str) -> None:
    given = {
        "postgresql": postgresql,
        "folder": folder,
        "port": _PORT,
        "server_connections": SERVER_CONNECTIONS,
    }
    settings = _SETTINGS.format(**given)
    if _version(program) >= _KEEPS_STATEMENTS:
        settings += "max_prepared_statements = 0\n"  # as older ones are, and may be set
    (folder / "settings.ini").write_text(settings)
    (folder / "users").write_text('"marhaba" ""\n')


def _account(folder: Path) -> dict[str, object]:
    # Like PostgreSQL, it refuses to run as root.
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    for path in (folder, *folder.iterdir()):
        os.chown(path, account.pw_uid, account.pw_gid)
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _answers(folder: Path, database: str) -> bool:
    try:
        psycopg.connect(host=str(folder), port=_PORT, user="marhaba", dbname=database).close()
    except psycopg.OperationalError:
        return False
    return True
