"""After a purge no name lies in the files of the database, wherever it lay before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from checkin.db import erasing
from checkin.db.engine import Database
from checkin.services.lifecycle.purge import purge_event
from tests.support import factories
from tests.support.databases.databases import migrate, opened, postgres_cluster
from tests.support.databases.postgres import Cluster
from tests.support.factories import NOW

NAME = b"Zoubida Ouchrif"
#: what the role of an installation may do so that the log is overwritten (docs/operating.md)
GRANTS = (
    "GRANT pg_checkpoint, pg_monitor TO {role}",
    "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {role}",
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with postgres_cluster() as cluster:
        yield cluster


@contextmanager
def owned_database(cluster: Cluster, role: str, *, grants: bool) -> Iterator[Database]:
    """A database whose owner is an account without special rights, or with those of GRANTS."""
    cluster.run(f"CREATE ROLE {role} LOGIN")
    cluster.run(f"CREATE DATABASE {role} OWNER {role}")
    with opened(cluster.url(role)) as superusers, superusers.connect_for_migration() as connection:
        for grant in GRANTS if grants else ():
            connection.execute(text(grant.format(role=role)))
        connection.commit()
    url = cluster.url(role).replace("//marhaba@", f"//{role}@")
    migrate(url)
    with opened(url) as database:
        yield database


def people(database):
    """Register people of one name, which is so in the statistics of their column, too."""
    event = factories.an_event(database)
    delegation = factories.a_delegation(database, event)
    for at in range(12):
        factories.a_participant(
            database,
            event,
            NAME.decode(),
            delegation=delegation,
            allow_duplicate=True,
            email=f"z{at}@example.org",
        )
    return event


def files_with_the_name(*folders: Path) -> set[str]:
    """Return in which of these folders' files the name lies."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {file.name for file in files if NAME in file.read_bytes()}


def tables_of(cluster, database):
    """Return the folder of a database's tables."""
    with database.reading() as connection:
        oid = connection.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    return cluster.data / "base" / str(oid)


def statistics_of(database):
    """Take statistics of all columns, and return the path of the file that holds them."""
    with database.reading() as connection:
        connection.exec_driver_sql("ANALYZE")
        path = connection.exec_driver_sql("SELECT pg_relation_filepath('pg_statistic')")
        return path.scalar_one()


@pytest.mark.postgres
def test_postgresql_keeps_no_name_in_tables_statistics_and_log(cluster, tmp_path):
    with owned_database(cluster, "granted", grants=True) as database:
        event = people(database)
        statistics = statistics_of(database)
        cluster.run("CHECKPOINT")
        tables, log = tables_of(cluster, database), cluster.data / "pg_wal"
        assert NAME in (cluster.data / statistics).read_bytes()
        assert len(files_with_the_name(tables)) > 1
        assert files_with_the_name(log)

        receipt = purge_event(database, event, tmp_path, now=NOW, early=True)

        assert receipt.log_is_clean
        assert files_with_the_name(tables, log) == set()


@pytest.mark.postgres
def test_control_without_forgetting_statistics_the_name_stays_in_them(
    cluster, tmp_path, monkeypatch
):
    monkeypatch.setattr(erasing, "_forget_statistics", lambda _connection: None)
    with owned_database(cluster, "remembered", grants=True) as database:
        event = people(database)
        statistics_of(database)

        purge_event(database, event, tmp_path, now=NOW, early=True)

        cluster.run("CHECKPOINT")
        assert len(files_with_the_name(tables_of(cluster, database))) == 1


@pytest.mark.postgres
def test_without_the_right_to_it_the_log_keeps_the_name_and_the_receipt_says_so(cluster, tmp_path):
    with owned_database(cluster, "ordinary", grants=False) as database:
        event = people(database)
        statistics_of(database)

        receipt = purge_event(database, event, tmp_path, now=NOW, early=True)

        cluster.run("CHECKPOINT")
        assert receipt.log_is_clean is False
        assert files_with_the_name(tables_of(cluster, database)) == set()
        assert files_with_the_name(cluster.data / "pg_wal")


def test_sqlite_keeps_no_name_in_free_pages_and_log(sqlite_database, tmp_path):
    event = people(sqlite_database)
    with sqlite_database.reading() as reader:  # what a board reads, and no longer looks at
        reader.exec_driver_sql("SELECT count(*) FROM participant")
        assert "marhaba.db-wal" in files_with_the_name(tmp_path)

    receipt = purge_event(sqlite_database, event, tmp_path, now=NOW, early=True)

    assert receipt.log_is_clean
    assert files_with_the_name(tmp_path) == set()


def test_while_an_old_state_of_sqlite_is_read_the_receipt_says_that_the_log_keeps_names(
    sqlite_database, tmp_path, monkeypatch
):
    monkeypatch.setattr("checkin.db.engine.CHECKPOINTS", 1)
    event = people(sqlite_database)
    with sqlite_database.snapshot() as reader:
        reader.execute(text("SELECT count(*) FROM participant"))
        receipt = purge_event(sqlite_database, event, tmp_path, now=NOW, early=True)

        assert receipt.log_is_clean is False
        assert files_with_the_name(tmp_path)
