"""The page of backups: its age, a copy at once, a file to take away, and what it refuses."""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import re
import zipfile
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Role
from checkin.services.backups.archives import check_backup, open_key, sealed_key_in, write_backup
from checkin.services.backups.copies import (
    FOLDER,
    Failure,
    copies_in,
    copy_asked_at,
    copy_if_due,
    keep_failure,
)
from checkin.services.jobs.workers import worker_seen
from tests.support import factories
from tests.support.factories import write
from tests.web.browsing import Browsing

PAGE, COPY, FILE, SHEET = "/backup", "/backup/copy", "/backup/file", "/backup/key-sheet"
PASSPHRASE = "sept dattes et un thé"
TWICE = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}


@pytest.fixture
def home(app) -> Path:
    return app.extensions["marhaba"].settings.home


@pytest.fixture
def chief(signed_in) -> Browsing:
    return in_english(signed_in(Role.ADMINISTRATOR))


def in_english(browsing: Browsing) -> Browsing:
    browsing.read("/?lang=en")
    return browsing


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def has_a_copy(database, home, ago: timedelta) -> None:
    at = datetime.now(UTC) - ago
    file = copy_if_due(database, home, at)
    os.utime(file, (at.timestamp(), at.timestamp()))


def actions(database) -> list[str]:
    with database.read() as session:
        found = session.scalars(select(Activity.action).order_by(Activity.id)).all()
    return [one for one in found if one.startswith("installation.")]


def test_the_page_says_how_old_the_newest_copy_is(chief, database, home):
    assert "There is no backup yet" in chief.read(PAGE)

    has_a_copy(database, home, timedelta(hours=5))
    page = chief.read(PAGE)

    assert "✓ 5 hours ago" in text_of(page)
    assert "Copies on this server: 1" in text_of(page)
    assert "il y a 5 heures" in chief.read(f"{PAGE}?lang=fr")


def test_an_old_copy_is_told_by_a_sign(chief, database, home):
    has_a_copy(database, home, timedelta(days=3))

    assert "▲ 3 days ago" in text_of(chief.read(PAGE))


def test_a_copy_that_is_asked_for_is_waited_for_until_it_is_there(chief, database, home):
    has_a_copy(database, home, timedelta(minutes=10))
    write(database, lambda s: worker_seen(s, "worker", datetime.now(UTC)))

    assert chief.send(PAGE, COPY).status_code == 303
    waiting = chief.read(PAGE)
    with database.read() as session:
        asked_at = copy_asked_at(session)
    made = copy_if_due(database, home, asked_at)  # as the worker does

    assert "data-going" in waiting
    assert "A copy is being made" in waiting
    assert made is not None
    assert "data-going" not in chief.read(PAGE)


def test_a_copy_that_nobody_can_make_is_told(chief, database):
    chief.send(PAGE, COPY)

    assert "nothing makes it" in chief.read(PAGE)


def test_a_failure_is_told_in_technical_words_and_ends_the_waiting(chief, database):
    write(database, lambda s: worker_seen(s, "worker", datetime.now(UTC)))
    chief.send(PAGE, COPY)
    failed_at = datetime.now(UTC) + timedelta(seconds=1)

    write(database, lambda s: keep_failure(s, Failure(failed_at, "pg_dump is missing")))
    page = chief.read(PAGE)
    write(database, lambda s: keep_failure(s, None))

    assert "pg_dump is missing" in page
    assert "data-going" not in page
    assert "pg_dump is missing" not in chief.read(PAGE)


def test_the_file_is_a_backup_whose_key_the_passphrase_opens(chief, database, home, tmp_path):
    has_a_copy(database, home, timedelta(minutes=3))

    answer = chief.send(PAGE, FILE, **TWICE)
    taken = tmp_path / "taken.zip"
    taken.write_bytes(answer.data)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert re.search(r'filename="marhaba-\d{8}T\d{6}Z\.zip"', answer.headers["Content-Disposition"])
    assert check_backup(taken).database == database.dialect
    assert open_key(sealed_key_in(taken), PASSPHRASE) == factories.MASTER_KEY
    assert actions(database) == ["installation.backup"]


def test_nothing_of_a_file_that_was_taken_stays_on_the_server(chief, database, home):
    has_a_copy(database, home, timedelta(minutes=3))

    assert chief.send(PAGE, FILE, **TWICE).data

    copy = copies_in(home)[0].file
    assert [file.name for file in (home / FOLDER).iterdir()] == [copy.name]
    assert sealed_key_in(copy) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"passphrase": "court", "passphrase_again": "court"}, "Use 12 characters or more"),
        ({**TWICE, "passphrase_again": "sept dattes et un the"}, "not the same passphrase"),
        ({}, "Use 12 characters or more"),
    ],
)
@pytest.mark.parametrize("action", [FILE, SHEET])
def test_a_poor_passphrase_is_refused_at_its_field(chief, database, home, action, typed, said):
    has_a_copy(database, home, timedelta(minutes=3))

    answer = chief.send(PAGE, action, **typed)

    assert answer.status_code == 400
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert actions(database) == []


def test_without_a_copy_the_page_stays(chief):
    answer = chief.send_without_token(FILE, csrf_token=chief.token(PAGE), **TWICE)

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)


def test_a_copy_that_gave_way_meanwhile_is_told(chief, database, home, monkeypatch):
    has_a_copy(database, home, timedelta(minutes=3))
    page = chief.token(PAGE)
    file = copies_in(home)[0].file
    file.unlink()
    file.mkdir()

    answer = chief.send_without_token(FILE, csrf_token=page, **TWICE)

    assert answer.status_code == 503
    assert "cannot write the file" in answer.text


def test_the_sheet_shows_a_key_that_the_passphrase_opens(chief, database, home):
    has_a_copy(database, home, timedelta(minutes=3))

    answer = chief.send(PAGE, SHEET, **TWICE)
    sheet = answer.text
    sealed = json.loads(html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", sheet, re.DOTALL)[1]))

    assert open_key(sealed, PASSPHRASE) == factories.MASTER_KEY
    style = re.search(r"<style>(.*?)</style>", sheet, re.DOTALL)[1].encode()
    allowed = b64encode(hashlib.sha256(style).digest()).decode()

    assert f"'sha256-{allowed}'" in answer.headers["Content-Security-Policy"]
    assert PASSPHRASE not in sheet
    assert factories.MASTER_KEY.hex() not in sheet
    assert actions(database) == ["installation.key_sheet"]


def test_an_organiser_sees_the_age_and_takes_nothing(organiser, database, home):
    has_a_copy(database, home, timedelta(minutes=3))

    page = in_english(organiser).read(PAGE)

    assert "3 minutes ago" in page
    assert 'name="passphrase"' not in page


def test_a_file_without_a_key_is_a_backup_too(database, tmp_path):
    write_backup(database, tmp_path / "b.zip", now=datetime.now(UTC))

    assert sealed_key_in(tmp_path / "b.zip") is None
    with zipfile.ZipFile(io.BytesIO((tmp_path / "b.zip").read_bytes())) as archive:
        assert "master.key.json" not in archive.namelist()
