"""A backup is one file that opens, and putting it back makes a new epoch."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from checkin.services.backups.archives import open_key
from tests.cli.conftest import Run

PASSPHRASE = "sept dattes et un thé"


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    file = tmp_path / "phrase.txt"
    file.write_text(PASSPHRASE + "\n", "utf-8")
    return file


@pytest.fixture
def file(demo: Run, tmp_path: Path, phrase: Path) -> Path:
    made = tmp_path / "copy.zip"
    assert demo("backup", made, "--passphrase-file", phrase).code == 0
    return made


def ask(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "marhaba.db")) as database:
        return database.execute(query).fetchall()


def do(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "marhaba.db")) as database, database:
        database.execute(statement)


def epochs(home: Path) -> list[object]:
    return [cause for (cause,) in ask(home, "SELECT cause FROM epoch ORDER BY id")]


def test_a_backup_is_one_private_file_with_the_key_sealed(
    file: Path, home: Path, phrase: Path
) -> None:
    with zipfile.ZipFile(file) as archive:
        names, sealed = archive.namelist(), json.loads(archive.read("master.key.json"))

    key = (home / "master.key").read_text("ascii").strip()
    assert names == ["backup.json", "master.key.json", "database.sqlite"]
    assert open_key(sealed, PASSPHRASE).hex() == key
    assert key.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_says_that_it_is_whole(demo: Run, file: Path, phrase: Path) -> None:
    ran = demo("restore", file, "--check", "--passphrase-file", phrase)

    assert ran.code == 0
    assert ran.out.splitlines()[1] == "the passphrase opens the master key"


def test_another_passphrase_opens_nothing(demo: Run, file: Path, phrase: Path) -> None:
    phrase.write_text("sept dattes et un café", "utf-8")

    ran = demo("restore", file, "--check", "--passphrase-file", phrase)

    assert (ran.code, ran.err) == (1, "error: this passphrase does not open the key\n")


def test_a_short_passphrase_is_refused(demo: Run, tmp_path: Path, phrase: Path) -> None:
    phrase.write_text("dattes", "utf-8")

    ran = demo("backup", tmp_path / "copy.zip", "--passphrase-file", phrase)

    assert ran.code == 1
    assert "12 characters or more" in ran.err
    assert not (tmp_path / "copy.zip").exists()


def test_what_came_after_the_backup_goes_and_is_kept_aside(
    demo: Run, home: Path, file: Path
) -> None:
    before = ask(home, "SELECT count(*) FROM participant")
    do(home, "UPDATE participant SET note = 'later'")

    ran = demo("restore", file, "--yes")

    assert ran.code == 0, ran.err
    assert ask(home, "SELECT count(*) FROM participant") == before
    assert ask(home, "SELECT count(*) FROM participant WHERE note = 'later'") == [(0,)]
    assert epochs(home) == ["first", "restored"]
    [aside] = (home / "backups").glob("before-restore-*.zip")
    assert zipfile.is_zipfile(aside)


def test_a_restore_wants_a_yes(demo: Run, home: Path, file: Path) -> None:
    ran = demo("restore", file)

    assert ran.code == 2
    assert "say --yes to do it" in ran.err
    assert epochs(home) == ["first"]


def test_on_a_new_computer_the_key_comes_back_too(
    demo: Run, home: Path, file: Path, phrase: Path
) -> None:
    key = (home / "master.key").read_text("ascii")
    shutil.rmtree(home)

    ran = demo("restore", file, "--yes", "--passphrase-file", phrase)

    assert ran.code == 0, ran.err
    assert (home / "master.key").read_text("ascii").strip() == key.strip()
    assert epochs(home) == ["first", "restored"]


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_a_damaged_backup_changes_nothing(demo: Run, home: Path, file: Path, at: float) -> None:
    content = bytearray(file.read_bytes())
    place = int(len(content) * at)
    content[place : place + 64] = bytes(64)
    file.write_bytes(content)

    ran = demo("restore", file, "--yes")

    assert ran.code == 1
    assert str(file) in ran.err
    assert epochs(home) == ["first"]


def test_another_file_is_no_backup(demo: Run, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("notes")

    assert "is no backup of Marhaba's" in demo("restore", other, "--yes").err


def test_a_key_sheet_says_it_in_all_languages(demo: Run, tmp_path: Path, phrase: Path) -> None:
    sheet = tmp_path / "key.html"

    demo("backup", tmp_path / "a.zip", "--key-sheet", sheet, "--passphrase-file", phrase)

    page = sheet.read_text("utf-8")
    assert [f'lang="{tag}"' in page for tag in ("fr", "ar", "en")] == [True] * 3
    assert "data:image/svg+xml;base64," in page
    assert PASSPHRASE not in page


def test_a_sheet_that_was_copied_by_hand_opens_a_backup_without_its_key(
    demo: Run, home: Path, tmp_path: Path, file: Path, phrase: Path
) -> None:
    with zipfile.ZipFile(file) as archive:
        (tmp_path / "sheet.txt").write_bytes(archive.read("master.key.json"))
    demo("backup", tmp_path / "bare.zip", "--without-key")
    shutil.rmtree(home)

    how = ("--sealed-key", tmp_path / "sheet.txt", "--passphrase-file", phrase)
    ran = demo("restore", tmp_path / "bare.zip", "--yes", *how)

    assert ran.code == 0, ran.err
    assert (home / "master.key").exists()


def test_another_servers_backup_is_refused_before_anything_goes(
    demo: Run, home: Path, file: Path
) -> None:
    (home / "master.key").write_text("0" * 64)

    ran = demo("restore", file, "--yes")

    assert ran.code == 1
    assert "is not the one that this backup was made with" in ran.err
    assert epochs(home) == ["first"]


def test_without_the_key_it_says_so(demo: Run, tmp_path: Path) -> None:
    ran = demo("backup", tmp_path / "a.zip", "--without-key", "--json")

    told = json.loads(ran.out)
    assert (told["has_key"], told["database"]) == (False, "sqlite")


def test_erased_people_are_erased_again(demo: Run, home: Path, file: Path) -> None:
    assert demo("purge", "--yes", "--early").code == 0

    ran = demo("restore", file, "--yes")

    assert ran.code == 0
    assert "had been erased, and are so again" in ran.err
    assert ask(home, "SELECT count(*) FROM participant") == [(0,)]
