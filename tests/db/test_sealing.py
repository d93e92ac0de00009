"""A sealed file opens with its key alone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from checkin.db.engine import Database
from checkin.db.faults import Outage, outage_of
from checkin.db.migrate import current_revision, head_revision, upgrade

KEY, OTHER = "5e" * 32, "5f" * 32


@pytest.fixture
def sealed(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'sealed.db'}", key=KEY)
    upgrade(database)
    yield database
    database.dispose()


def test_a_sealed_database_has_the_whole_schema(sealed):
    assert current_revision(sealed) == head_revision()


def test_nothing_in_its_files_can_be_read(sealed, tmp_path):
    with sealed.write() as session:
        session.execute(
            text("INSERT INTO installation_setting (name, value) VALUES ('who', 'Amina Alaoui')")
        )

    whole = b"".join(file.read_bytes() for file in tmp_path.glob("sealed.db*"))

    assert len(whole) > 100_000
    assert not any(secret in whole for secret in (b"SQLite format 3", b"Amina", b"participant"))


@pytest.mark.parametrize("key", [OTHER, ""], ids=["another key", "no key"])
def test_without_the_key_it_is_no_database(sealed, tmp_path, key):
    other = Database(f"sqlite:///{tmp_path / 'sealed.db'}", key=key)

    with pytest.raises(DatabaseError) as refused:
        current_revision(other)

    other.dispose()
    assert outage_of(refused.value) == Outage.DAMAGED


def test_a_key_of_another_form_is_refused(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'new.db'}", key="a passphrase")

    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        current_revision(database)

    database.dispose()


def test_commits_of_another_connection_are_noticed_in_a_sealed_file_too(sealed):
    noticed = threading.Event()
    with sealed.changes.followed(noticed.set):
        noticed.wait(5)
        noticed.clear()
        with sealed.write() as session:
            session.execute(
                text("INSERT INTO installation_setting (name, value) VALUES ('a', 'b')")
            )
        assert noticed.wait(10)
