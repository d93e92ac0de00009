"""A restored database does not bring erased people back: purges are repeated."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Event, Participant
from checkin.services.lifecycle import purge
from checkin.services.lifecycle.purge import purge_event, receipt_of
from checkin.services.lifecycle.repeated_purges import repeat_purges
from checkin.services.lifecycle.retention import Keepable
from tests.support import factories
from tests.support.databases.databases import opened
from tests.support.factories import NOW, write

LATER = NOW + timedelta(days=1)


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return home


def names(database):
    with database.read() as session:
        return session.scalars(select(Participant.name)).all()


def as_it_is(database, event):
    with database.read() as session:
        return session.get_one(Event, event.id)


def test_a_backup_that_was_put_back_is_purged_again_with_the_same_choice(
    sqlite_databases, tmp_path, home
):
    with sqlite_databases.fresh(tmp_path) as url:
        with opened(url) as database:
            event = factories.an_event(database)
            factories.a_participant(database, event, "Amina Alaoui")
            factories.a_device(database, event, "Porte Nord")
        backup = shutil.copy(tmp_path / "marhaba.db", tmp_path / "backup.db")
        with opened(url) as database:
            purge_event(database, event, home, now=NOW, early=True, keep={Keepable.GATE_NAMES})

        shutil.copy(backup, tmp_path / "marhaba.db")
        with opened(url) as database:
            assert names(database) == ["Amina Alaoui"]
            [receipt] = repeat_purges(database, home, now=LATER)

            assert names(database) == []
            assert (receipt.rows["participant"], receipt.purged_at) == (1, LATER)
            assert receipt.kept == (Keepable.GATE_NAMES,)
            assert repeat_purges(database, home, now=LATER) == []


def test_another_event_of_the_same_number_is_left_alone(database, event, home):
    factories.a_participant(database, event, "Amina Alaoui")
    other = {"event_id": event.id, "created_at": (NOW - timedelta(days=900)).isoformat()}
    row = {**other, "slug": event.slug, "purged_at": NOW.isoformat(), "keep": []}
    (home / "purges.json").write_text(json.dumps([row]))

    assert repeat_purges(database, home, now=LATER) == []
    assert names(database) == ["Amina Alaoui"]


def test_a_purge_that_was_cut_off_is_finished(database, event, home, monkeypatch):
    """The rows are gone by then, but files and the database's own files may hold the names."""
    (home / "outbox").mkdir()
    (home / "outbox" / "1.eml").write_text("Amina Alaoui")

    def killed(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(purge, "erase_files", killed)
        with pytest.raises(KeyboardInterrupt):
            purge_event(database, event, home, now=NOW, early=True)
    with database.read() as session:
        assert receipt_of(session, event).log_is_clean is None

    [receipt] = repeat_purges(database, home, now=LATER)

    assert receipt.files == 1
    assert list((home / "outbox").iterdir()) == []


def test_the_file_learns_of_a_purge_at_another_node_and_holds_no_name(
    database, event, home, tmp_path
):
    factories.a_participant(database, event, "Amina Alaoui")
    purge_event(database, event, tmp_path / "other", now=NOW, early=True)

    assert repeat_purges(database, home, now=LATER) == []

    file = home / "purges.json"
    [row] = json.loads(file.read_text())
    assert row == {
        "event_id": event.id,
        "created_at": event.created_at.isoformat(),
        "slug": event.slug,
        "purged_at": NOW.isoformat(),
        "keep": [],
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_purge_erases_automatic_backups_and_lists_the_copies_that_were_taken(
    database, event, home
):
    from checkin.services.common.activity import note

    (home / "backups").mkdir()
    (home / "backups" / "20260614-120000.dump").write_bytes(b"Amina Alaoui")
    taken = NOW - timedelta(days=3)
    write(database, lambda s: note(s, event.id, "event.export", taken, format="xlsx"))

    first = purge_event(database, event, home, now=NOW, early=True)
    again = purge_event(database, event, home, now=LATER, early=True)

    assert list((home / "backups").iterdir()) == []
    assert (first.backups, again.backups) == (1, 0)
    assert [(one.kind, one.form, one.at) for one in first.copies] == [
        ("event.export", "xlsx", taken)
    ]
    assert again.copies == first.copies
    assert as_it_is(database, event).purged_at == LATER
