"""A backup is put back over a database that cannot be read to its end, and over no whole one
that cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from checkin.db.models.installation import Epoch
from tests.cli.conftest import Run
from tests.support.databases.damage import damaged
from tests.support.databases.databases import Databases, opened


@pytest.fixture
def url(
    run: Run, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a database of either kind that was set up."""
    with databases.empty(tmp_path) as url:
        monkeypatch.setenv("CHECKIN_DATABASE_URL", url)
        assert run("init").code == 0
        yield url


@pytest.fixture
def file(run: Run, url: str, tmp_path: Path) -> Path:
    made = tmp_path / "copy.zip"
    assert run("backup", made, "--without-key").code == 0
    return made


def epochs(url: str) -> list[str]:
    with opened(url) as database, database.read() as session:
        return list(session.scalars(select(Epoch.cause).order_by(Epoch.id)))


def test_over_a_database_that_is_damaged_in_its_midst_it_goes_on_and_says_so(
    run: Run,
    databases: Databases,
    url: str,
    file: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = damaged(databases, url, "activity")
    monkeypatch.setenv("CHECKIN_DATABASE_URL", broken)

    ran = run("restore", file, "--yes")

    assert ran.code == 0, ran.err
    assert "the present database is damaged" in ran.err
    assert epochs(broken) == ["first", "restored"]


def test_the_files_of_a_damaged_one_are_kept(
    run: Run, home: Path, sqlite_databases: Databases, tmp_path: Path
) -> None:
    assert run("init").code == 0
    assert run("backup", tmp_path / "copy.zip", "--without-key").code == 0
    damaged(sqlite_databases, f"sqlite:///{home / 'marhaba.db'}", "activity")
    before = (home / "marhaba.db").read_bytes()

    ran = run("restore", tmp_path / "copy.zip", "--yes")

    [folder] = (home / "backups").glob("damaged-*")
    assert f"its files are kept in {folder}" in ran.err
    assert (folder / "marhaba.db").read_bytes() == before
    assert (folder.stat().st_mode & 0o777, ran.code) == (0o700, 0)
    assert list((home / "backups").glob("before-restore-*")) == []


def test_a_whole_one_that_cannot_be_kept_stays(run: Run, url: str, file: Path, home: Path) -> None:
    (home / "backups").write_text("no folder")

    ran = run("restore", file, "--yes")

    assert (ran.code, "backups" in ran.err) == (1, True)
    assert epochs(url) == ["first"]


def test_without_the_programs_of_postgresql_nothing_is_emptied(
    run: Run,
    postgres_databases: Databases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with postgres_databases.empty(tmp_path) as url:
        monkeypatch.setenv("CHECKIN_DATABASE_URL", url)
        run("init")
        run("backup", tmp_path / "copy.zip", "--without-key")
        monkeypatch.setenv("PATH", str(tmp_path))

        ran = run("restore", tmp_path / "copy.zip", "--yes")

        assert (ran.code, epochs(url)) == (1, ["first"])
    assert ran.err == (
        "error: pg_restore is missing: apt-get install postgresql-client, of the server's version\n"
    )
