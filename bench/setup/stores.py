"""Databases to measure on: SQLite files, and a PostgreSQL cluster of our own where it is there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.setup.processes import free_port


@dataclass(frozen=True)
class Store:
    """A kind of database.

    Attributes:
        pid: the database server's process; None for SQLite, which has none.
    """

    name: str
    folder: Path
    port: int | None = None
    pid: int | None = None

    def url(self, database: str) -> str:
        """Return the address of a database of this name; a new PostgreSQL one is created."""
        if self.port is None:
            return f"sqlite:///{self.folder / database}.db"
        subprocess.run(
            [*_as_postgres(), _program("createdb"), *_reach(self.port), database],
            check=False,  # it may be there already
            capture_output=True,
            cwd="/",
        )
        return f"postgresql+psycopg://marhaba@127.0.0.1:{self.port}/{database}"


def postgresql_is_there() -> bool:
    return all(Path(_program(name)).is_absolute() for name in ("initdb", "pg_ctl"))


@contextmanager
def sqlite_store(folder: Path) -> Iterator[Store]:
    folder.mkdir(parents=True, exist_ok=True)
    yield Store("SQLite", folder)


@contextmanager
def postgresql_store(folder: Path) -> Iterator[Store]:
    """Make a cluster with PostgreSQL's own settings in `folder`, run it, and stop it.

    One that is there already is run again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
    port, data = free_port(), folder / "data"
    if not data.exists():
        _run(["initdb", "-D", str(data), "-A", "trust", "-U", "marhaba", "-E", "UTF8"])
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    _run(["pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"])
    pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    try:
        yield Store("PostgreSQL", folder, port, pid)
    finally:
        _run(["pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop"])


def _run(command: list[str]) -> None:
    program = [*_as_postgres(), _program(command[0]), *command[1:]]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _reach(port: int) -> list[str]:
    return ["-h", "127.0.0.1", "-p", str(port), "-U", "marhaba"]


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _program(name: str) -> str:
    """Find a program of PostgreSQL: Debian keeps the server's out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else name)
