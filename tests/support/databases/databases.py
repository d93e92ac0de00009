"""Fresh, migrated databases: copies of a template, because migrating each would take seconds."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from checkin.db import connecting
from checkin.db.engine import Database
from checkin.db.migrate import upgrade
from tests.support.databases.emptying import Migrated
from tests.support.databases.many_databases import compile_statements_once
from tests.support.databases.postgres import MISSING, Cluster, postgres_programs

_CONNECTION_WAIT_S = 60

_TEMPLATE = "marhaba_template"
_END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"


def required() -> bool:
    """Say whether a missing PostgreSQL fails the tests instead of skipping some."""
    return os.environ.get("CI") == "true" or os.environ.get("MARHABA_REQUIRE_POSTGRES") == "1"


class SqliteDatabases:
    """SQLite files, each a copy of a migrated one."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """Yield the address of a new, migrated database."""
        file = folder / "marhaba.db"
        shutil.copyfile(self._template, file)
        yield f"sqlite:///{file}"

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """Yield the address of a database without a schema."""
        yield f"sqlite:///{folder / 'empty.db'}"


class PostgresDatabases:
    """Databases of one cluster, each a copy of a migrated one, or one that was emptied again."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._numbers = itertools.count(1)
        self._emptied: list[str] = []
        cluster.run(f"CREATE DATABASE {_TEMPLATE}")
        migrate(cluster.url(_TEMPLATE))
        with cluster.session(_TEMPLATE) as session:
            self._migrated = Migrated(session)

    @contextmanager
    def fresh(self, _folder: Path) -> Iterator[str]:
        """Yield the address of a new, migrated database."""
        name = self._emptied.pop() if self._emptied else self._copy()
        try:
            yield self._cluster.url(name)
        finally:
            if self._is_as_migrated(name):
                self._emptied.append(name)
            else:
                self._drop(name)

    @contextmanager
    def empty(self, _folder: Path) -> Iterator[str]:
        """Yield the address of a database without a schema."""
        name = self._create("")
        try:
            yield self._cluster.url(name)
        finally:
            self._drop(name)

    def saved(self, name: str) -> Callable[[], None]:
        """Save a database; return what puts it back, whoever is connected to it."""
        copy = f"{name}_saved_{next(self._numbers)}"
        for other in (name, copy):
            self._cluster.run(_END_CONNECTIONS.format(name=other))
        self._cluster.run(f"CREATE DATABASE {copy} TEMPLATE {name}")

        def put_back() -> None:
            self._cluster.run(f"DROP DATABASE {name} WITH (FORCE)")
            self._cluster.run(f"CREATE DATABASE {name} TEMPLATE {copy}")

        return put_back

    def copied_files(self, name: str) -> str:
        """Copy a database file by file, and return the address of the copy."""
        self._cluster.run(_END_CONNECTIONS.format(name=name))
        return self._cluster.url(self._create(f"TEMPLATE {name} {self._cluster.copies_quickly}"))

    @property
    def data(self) -> Path:
        """The folder in which the server has its databases' files."""
        return self._cluster.data

    def _copy(self) -> str:
        return self._create(f"TEMPLATE {_TEMPLATE} {self._cluster.copies_quickly}")

    def _create(self, template: str) -> str:
        name = f"marhaba_{next(self._numbers)}"
        self._cluster.run(f"CREATE DATABASE {name} {template}")
        return name

    def _drop(self, name: str) -> None:
        self._cluster.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _is_as_migrated(self, name: str) -> bool:
        """Empty a database, and say whether it is then as if it had just been migrated."""
        try:
            with self._cluster.session(name) as session:
                return self._migrated.again(session)
        except psycopg.Error:  # renamed, dropped, or its server is gone
            return False


Databases = SqliteDatabases | PostgresDatabases


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open a database, and close its connections at the end."""
    compile_statements_once()
    # More threads race than there are connections, and other tests run beside them.
    connecting._WAIT_S = _CONNECTION_WAIT_S
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    with opened(url) as database:
        upgrade(database)


@contextmanager
def postgres_cluster(**settings: str) -> Iterator[Cluster]:
    """Yield a running cluster; where PostgreSQL is missing, skip or fail with what to install.

    Args:
        settings: of PostgreSQL, beside those of every cluster.
    """
    programs = postgres_programs()
    if programs is None:
        (pytest.fail if required() else pytest.skip)(MISSING)
    cluster = Cluster(programs, **settings)
    try:
        yield cluster
    finally:
        cluster.stop()
