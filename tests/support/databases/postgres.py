"""A PostgreSQL server for the tests: started when first needed, removed afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path

import psycopg

_INSTALLS = Path("/usr/lib/postgresql")
#: as root the server runs under this account, because it refuses to run as root
_ACCOUNT = "postgres"
_SETTINGS = {
    "listen_addresses": "",  # a socket in a folder of our own, so no port can be taken
    "max_connections": "300",
    "fsync": "off",  # nobody needs these data after a power cut
    "timezone": "Africa/Casablanca",  # not UTC: times must come back right all the same
}
MISSING = (
    "PostgreSQL is not installed: on Debian and Ubuntu `apt-get install postgresql "
    "postgresql-contrib`, on macOS `brew install postgresql`"
)


def postgres_programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL's programs."""
    versions = [path for path in _INSTALLS.glob("*/bin/postgres") if path.parent.parent.name]
    if versions:
        return max(versions, key=lambda path: float(path.parent.parent.name)).parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A running server with its data in a temporary folder.

    Args:
        settings: of PostgreSQL, beside those of every cluster.
    """

    def __init__(self, programs: Path, **settings: str) -> None:
        self._programs, self._settings = programs, _SETTINGS | settings
        self._account = _ACCOUNT if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="marhaba-pg-"))
        self._own_folder()
        self._initialise()
        self._server = self._start()
        self._wait()

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+psycopg://marhaba@/{database}?host={self._folder}"

    @cached_property
    def copies_quickly(self) -> str:
        """Say in `CREATE DATABASE` to copy files: less work here than writing them as a log."""
        with self.session() as connection:
            version = connection.info.server_version
        return "STRATEGY file_copy" if version >= 150_000 else ""

    def run(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        with self.session() as connection:
            connection.execute(statement.encode())

    def shown(self, setting: str) -> str:
        """Return a setting as a new session has it."""
        with self.session() as connection:
            row = connection.execute(f"SHOW {setting}".encode()).fetchone()
        return str(row[0]) if row else ""

    def stop(self) -> None:
        """Stop the server and remove its data."""
        self.shut_down()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_again(self) -> None:
        """Start a server that was shut down; its data are as they were."""
        self._server = self._start()
        self._wait()

    def shut_down(self) -> None:
        """Stop the server; its data stay."""
        self._server.send_signal(signal.SIGINT)  # "fast": sessions are cut off
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _own_folder(self) -> None:
        if self._account:
            account = pwd.getpwnam(self._account)
            os.chown(self._folder, account.pw_uid, account.pw_gid)

    def _initialise(self) -> None:
        command = ["initdb", "--username=marhaba", "--auth=trust", "--encoding=UTF8"]
        made = subprocess.run(
            [self._programs / command[0], *command[1:], "--locale=C", "--no-sync", self.data],
            check=False,
            **self._as_account(),
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")

    def _start(self) -> subprocess.Popen[bytes]:
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(
                [self._programs / "postgres", "-D", self.data, "-k", self._folder, *options],
                **self._as_account(),
                stdout=log,
                stderr=log,
            )

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                self.session().close()
                return
            except psycopg.OperationalError as fault:
                if time.monotonic() > until or self._server.poll() is not None:
                    log = (self._folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start: {log}") from fault
                time.sleep(0.05)

    def session(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Open a session in which each statement commits by itself."""
        return psycopg.connect(
            host=str(self._folder), user="marhaba", dbname=database, autocommit=True
        )

    def _as_account(self) -> dict[str, object]:
        return {"cwd": self._folder} | (
            {"user": self._account, "group": self._account, "extra_groups": []}
            if self._account
            else {}
        )

    @property
    def data(self) -> Path:
        """The folder of the server's own files."""
        return self._folder / "data"
