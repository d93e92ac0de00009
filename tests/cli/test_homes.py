"""Homes in a bad state: partly restored, of a newer version, readable by others."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from checkin.cli.running import run as running
from tests.cli.conftest import Run
from tests.support.databases.databases import opened

NEWER = (
    "error: the database was made by a newer version of Marhaba (its schema is 9999): start that "
    "version, or put a backup of your own version back\n"
)


def change(home: Path, statement: str) -> None:
    database = sqlite3.connect(home / "marhaba.db")
    with database:
        database.execute(statement)
    database.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestHalfARestore:
    def test_a_database_without_its_key_is_not_given_a_new_one(self, demo: Run, home: Path) -> None:
        (home / "master.key").unlink()

        ran = demo("init")

        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
        assert ran.err.startswith(f"error: {home}/master.key is missing, and this database was")
        assert not (home / "master.key").exists()

    def test_restoring_the_key_makes_the_database_usable(self, demo: Run, home: Path) -> None:
        key = home / "master.key"
        key.rename(home / "aside")
        assert demo("init").code == 1

        (home / "aside").rename(key)

        assert demo("init").code == 0

    def test_a_wrong_master_key_is_reported(self, demo: Run, home: Path) -> None:
        (home / "master.key").write_text("0" * 64)

        ran = demo("init")

        assert (ran.code, ran.out) == (1, "")
        assert "the master key is not the one that this database was made with" in ran.err


@pytest.mark.parametrize(
    "command",
    [
        ("init",),
        ("demo",),
        ("run",),
        ("export", "people.csv"),
        ("badges", "codes", "--csv", "-"),
        ("badges", "send"),
        ("device", "pair", "--gate", "Porte 1"),
        ("event", "add", "x", "--name", "X", "--venue", "X", "--starts", "2026-12-05 15:00"),
        ("purge", "--yes"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_database_of_a_newer_version_is_named_by_every_command(
    command: tuple[str, ...], demo: Run, home: Path
) -> None:
    change(home, "UPDATE alembic_version SET version_num = '9999'")

    ran = demo(*command)

    assert (ran.code, ran.out, ran.err) == (1, "", NEWER)


def test_the_doctor_names_a_newer_version_too(demo: Run, home: Path) -> None:
    change(home, "UPDATE alembic_version SET version_num = '9999'")

    ran = demo("doctor")

    assert ran.code == 1
    assert f"✗ database: {NEWER.removeprefix('error: ')}" in ran.out


def test_an_older_database_is_brought_up_to_date(demo: Run, home: Path) -> None:
    change(home, "UPDATE alembic_version SET version_num = '0001'")

    ran = demo("export", "people.csv")

    assert ran.err == (
        "error: the database is of an older version: run `python -m checkin init`, after a backup\n"
    )


class TestFilesAreForTheirOwnerAlone:
    def test_files_in_an_existing_folder_are_readable_by_their_owner_only(
        self, run: Run, home: Path
    ) -> None:
        home.mkdir(mode=0o755)
        run("init")

        connection = sqlite3.connect(home / "marhaba.db")
        connection.execute("SELECT count(*) FROM event").fetchone()
        modes = {path.name: mode(path) for path in home.glob("marhaba.db*")}
        connection.close()

        private = {name for name, bits in modes.items() if bits == 0o600}
        assert {"marhaba.db", "marhaba.db-wal", "marhaba.db-shm"} <= private

    def test_a_home_that_everybody_could_read_is_its_owners_alone(
        self, demo: Run, home: Path
    ) -> None:
        link = home / "elsewhere"
        link.symlink_to(home.parent)
        (home / "jobs").mkdir(exist_ok=True)
        (home / "jobs" / "1-1").write_bytes(b"sealed")
        before = mode(home.parent)
        for path in (home, *home.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o777 if path.is_dir() else 0o666)

        demo("init")

        inside = [path for path in (home, *home.rglob("*")) if not path.is_symlink()]
        assert {"master.key", "marhaba.db", "1-1"} <= {path.name for path in inside}
        assert {(path.is_dir(), mode(path)) for path in inside} == {(True, 0o700), (False, 0o600)}
        assert mode(home.parent) == before

    def test_a_database_outside_of_home_is_private_wherever_it_is(self, tmp_path: Path) -> None:
        folder = tmp_path / "shared"
        folder.mkdir()
        folder.chmod(0o755)
        files = [folder / f"marhaba.db{end}" for end in ("", "-wal", "-shm")]
        for file in files:
            file.touch(0o666)
            file.chmod(0o666)

        with opened(f"sqlite:///{files[0]}"):
            assert {mode(file) for file in files} == {0o600}

        assert mode(folder) == 0o755

    def test_files_of_badges_and_messages_are_readable_by_their_owner_only(
        self, demo: Run, home: Path, monkeypatch
    ) -> None:
        monkeypatch.setenv("CHECKIN_BASE_URL", "https://marhaba.example.org")
        monkeypatch.setenv("CHECKIN_MAIL_FROM", "Marhaba <marhaba@example.org>")
        for folder in ("badges", "outbox"):
            (home / folder).mkdir(mode=0o755)
        demo("badges", "pdf", "--delegation", "Rabat")
        demo("badges", "send", "--limit", 1)

        files = [path for name in ("badges", "outbox") for path in (home / name).iterdir()]
        assert {path.parent.name for path in files} == {"badges", "outbox"}
        assert {mode(path) for path in files} == {0o600}


def test_a_home_that_was_moved_works_as_before(demo: Run, home: Path, monkeypatch) -> None:
    shutil.copytree(home, home.with_name("moved"))
    monkeypatch.setenv("CHECKIN_HOME", str(home.with_name("moved")))

    assert demo("init").code == 0


@pytest.mark.parametrize(("account", "warned"), [(0, True), (1000, False)])
def test_a_server_that_runs_as_root_says_so(
    account: int, warned: bool, demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "serve", lambda *_arguments, **_options: None)
    monkeypatch.setattr(running, "free_address", lambda host, _port: host)
    monkeypatch.setattr("os.geteuid", lambda: account)

    assert ("warning: this runs as root" in demo("run").err) is warned
