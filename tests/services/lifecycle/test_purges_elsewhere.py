"""Several nodes of one database have a home each: what one purges, the others erase, too."""

from __future__ import annotations

import json
import os
import threading
from datetime import datetime, timedelta

import pytest

from checkin.services.common.activity import note
from checkin.services.lifecycle import repeated_purges
from checkin.services.lifecycle.kept_purges import purging_at
from checkin.services.lifecycle.purge import purge_event, receipt_of
from checkin.services.lifecycle.repeated_purges import (
    PurgesElsewhere,
    erase_purged_elsewhere,
    repeat_purges,
)
from checkin.services.lifecycle.retention import Keepable
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.waiting import wait_for

LATER = NOW + timedelta(days=1)
#: what lies in a home before the purge, and holds names
OF_PEOPLE = {"backups/auto-20260614T120000Z.zip", "outbox/1.eml", "badges/delegations/1.pdf"}


def write_file(home, name, at):
    file = home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("Amina Alaoui")
    os.utime(file, (at.timestamp(), at.timestamp()))


@pytest.fixture
def homes(tmp_path):
    """The homes of two nodes, with files that were written before the purge."""
    homes = [tmp_path / name for name in ("one", "two")]
    for home in homes:
        for name in OF_PEOPLE:
            write_file(home, name, NOW - timedelta(hours=2))
    return homes


def files_in(home):
    folders = [home / folder for folder in ("backups", "outbox", "badges")]
    found = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(home).as_posix() for file in found}


def noted_at(home):
    """Return when each event was purged, as the file in home has it."""
    rows = json.loads((home / "purges.json").read_text())
    return {row["event_id"]: datetime.fromisoformat(row["purged_at"]) for row in rows}


def test_what_one_node_purges_the_other_erases_in_its_own_home(database, event, homes):
    here, there = homes
    factories.a_participant(database, event, "Amina Alaoui")
    purge_event(database, event, here, now=NOW, early=True, keep={Keepable.GATE_NAMES})
    assert (files_in(here), files_in(there)) == (set(), OF_PEOPLE)

    PurgesElsewhere().look(database, there)

    assert files_in(there) == set()
    assert (there / "purges.json").read_text() == (here / "purges.json").read_text()


def test_control_a_look_that_erases_nothing_leaves_them(database, event, homes, monkeypatch):
    monkeypatch.setattr(repeated_purges, "_erase_unknown", lambda *_: None)
    here, there = homes
    purge_event(database, event, here, now=NOW, early=True)

    PurgesElsewhere().look(database, there)

    assert files_in(there) == OF_PEOPLE


def test_a_node_that_was_off_erases_when_it_starts(database, event, homes):
    here, there = homes
    purge_event(database, event, here, now=NOW, early=True)

    assert repeat_purges(database, there, now=LATER) == []

    assert files_in(there) == set()


def test_nothing_is_erased_where_no_event_was_purged(database, event, homes):
    _, there = homes

    PurgesElsewhere().look(database, there)

    assert files_in(there) == OF_PEOPLE
    assert not (there / "purges.json").exists()


def test_what_was_written_since_the_purge_stays_however_late_a_node_hears_of_it(
    database, event, homes
):
    """Letters of other events, and copies of the database as it was purged."""
    here, there = homes
    purge_event(database, event, here, now=NOW, early=True)
    since = {"backups/before-restore-20260615T120000Z.zip", "outbox/2.eml", "badges/2.pdf"}
    for name in since:
        write_file(there, name, NOW + timedelta(hours=2))
    write_file(there, "backups/auto-20260614T130000Z.zip", NOW + timedelta(minutes=30))

    erase_purged_elsewhere(database, there)

    assert files_in(there) == since


def test_a_purge_that_a_home_knows_erases_nothing_again_until_it_is_repeated(
    database, event, homes
):
    here, there = homes
    purge_event(database, event, here, now=NOW, early=True)
    erase_purged_elsewhere(database, there)
    write_file(there, "outbox/3.eml", NOW)

    erase_purged_elsewhere(database, there)
    assert files_in(there) == {"outbox/3.eml"}

    purge_event(database, event, here, now=LATER, early=True)
    erase_purged_elsewhere(database, there)
    assert files_in(there) == set()
    assert noted_at(there) == {event.id: LATER}


def test_what_another_event_still_needs_in_the_database_is_left_alone(database, event, homes):
    here, there = homes
    other = factories.an_event(database, slug="other")
    factories.a_participant(database, other, "Brahim Tazi")
    purge_event(database, event, here, now=NOW, early=True)

    erase_purged_elsewhere(database, there)

    assert noted_at(there) == {event.id: NOW}
    with database.read() as session:
        assert receipt_of(session, other) is None


def test_a_purge_that_is_under_way_is_erased_at_other_nodes_and_not_purged_anew(
    database, event, homes
):
    """The node that purges may be long about the database's own files, or be cut off in them."""
    _, there = homes

    def half(session):
        event_row = session.merge(event)
        event_row.purged_at = NOW
        told = {"rows": {"participant": 7}, "devices": 0}
        note(session, event.id, "event.purge", NOW, **told)

    write(database, half)

    erase_purged_elsewhere(database, there)

    assert files_in(there) == set()
    with database.read() as session:
        assert receipt_of(session, event).rows == {"participant": 7}


def test_a_file_that_cannot_be_erased_is_tried_again(database, event, homes, monkeypatch, caplog):
    here, there = homes
    purge_event(database, event, here, now=NOW, early=True)

    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied", "1.eml")

    with monkeypatch.context() as patch:
        patch.setattr(repeated_purges, "erase_files", refuse)
        PurgesElsewhere().look(database, there)
    assert "1.eml" in caplog.text
    assert files_in(there) == OF_PEOPLE

    PurgesElsewhere().look(database, there)
    assert files_in(there) == set()


def test_it_is_asked_once_a_minute_however_often_it_is_called(database, event, homes, monkeypatch):
    here, there = homes
    often, always = PurgesElsewhere(), PurgesElsewhere()
    often.look(database, there)
    with monkeypatch.context() as patch:
        patch.setattr(repeated_purges, "ASKED_EVERY_S", 0.0)
        always.look(database, there)
    purge_event(database, event, here, now=NOW, early=True)

    often.look(database, there)
    assert files_in(there) == OF_PEOPLE
    always.look(database, there)
    assert files_in(there) == set()


def test_a_serving_process_looks_by_itself(database, event, homes):
    here, there = homes
    purge_event(database, event, here, now=NOW, early=True)

    purges = PurgesElsewhere()
    purges.look_on(database, there)
    try:
        wait_for((there / "purges.json").exists, "what was purged")
        assert files_in(there) == set()
    finally:
        purges.end()


def test_the_purging_home_itself_counts_what_it_erases(database, event, homes):
    """A process beside it sees the purge as soon as it is committed, and leaves the files to it."""
    here, _ = homes
    beside = threading.Thread(target=erase_purged_elsewhere, args=(database, here))
    with purging_at(here):
        write(database, lambda s: setattr(s.merge(event), "purged_at", NOW))
        beside.start()
        beside.join(0.3)
        assert beside.is_alive()
        assert files_in(here) == OF_PEOPLE
    beside.join(10)
    assert files_in(here) == set()
