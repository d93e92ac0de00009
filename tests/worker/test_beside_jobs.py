"""What the worker does beside its jobs: copies of the database, and reading the mailbox."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkin.services.backups.archives import check_backup
from checkin.services.backups.copies import ask_for_copy, copies_in, last_failure
from checkin.services.gates import list_passes
from checkin.services.gates.list_passes import MOST_AT_ONCE, live_passes
from checkin.services.mail.mailbox.mailbox_settings import last_look
from checkin.settings import Settings
from checkin.worker.beside import Beside
from checkin.worker.context import Tools
from checkin.worker.list_segments import ListSegments
from tests.services.mail.imap_server import dovecot, imap_server
from tests.services.mail.test_bounces import bounced, sample
from tests.services.mail.test_bounces import sent as sent  # noqa: PLC0414 (a fixture)
from tests.support import factories
from tests.support.factories import KEYS, MASTER_KEY, write
from tests.support.servers.working import working
from tests.support.waiting import wait_for
from tests.worker.kinds import TEST_KINDS


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, master_key=MASTER_KEY.hex())


def test_a_copy_that_somebody_asks_for_is_made(database, settings):
    with working(settings, kinds=TEST_KINDS) as worker:
        assert copies_in(settings.home) == []
        write(database, lambda s: ask_for_copy(s, datetime.now(UTC)))
        wait_for(lambda: copies_in(settings.home), "the copy")

        assert worker.is_alive()
    [copy] = copies_in(settings.home)
    assert check_backup(copy.file).database == database.dialect


def test_a_copy_that_cannot_be_made_is_told(database, settings):
    (settings.home / "backups").write_text("in the way of the folder")

    with working(settings, kinds=TEST_KINDS):
        write(database, lambda s: ask_for_copy(s, datetime.now(UTC)))
        wait_for(lambda: failure(database), "the failure")

    assert "backups" in failure(database).fault


def failure(database):
    with database.read() as session:
        return last_failure(session)


@pytest.mark.skipif(dovecot() is None, reason="Dovecot (dovecot-imapd) is not installed")
def test_the_mailbox_is_read_by_itself(database, settings, sent):
    with tempfile.TemporaryDirectory(prefix="imap") as home, imap_server(Path(home)) as mailbox:
        mailbox.put(sample("postfix"))
        given = settings.model_copy(update={"bounces_url": mailbox.url})
        given.model_fields_set.add("bounces_url")
        with working(given, kinds=TEST_KINDS):
            wait_for(lambda: bounced(database), "the bounce to be read")
            wait_for(lambda: look(database), "what was found")

    assert bounced(database) == {"aa11"}
    assert (look(database).came_back, look(database).fault) == (1, None)


def look(database):
    with database.read() as session:
        return last_look(session)


def test_the_gate_list_of_very_many_people_is_written_into_segments(database, settings):
    event = factories.an_event(database)
    factories.badges(database, event, MOST_AT_ONCE + 1)

    def live():
        with database.read() as session:
            return live_passes(session, event.id)

    with working(settings, kinds=TEST_KINDS) as worker:
        wait_for(live, "the segments", timeout_s=60)

        assert worker.is_alive()
    assert live().records == MOST_AT_ONCE + 1


def test_after_a_failure_segments_are_written_again_a_while_later(database, settings, monkeypatch):
    started = []
    lists = ListSegments()
    monkeypatch.setattr(lists._writing, "start", lambda _tools, now: started.append(now))
    monkeypatch.setattr(Beside, "has_failed", True)
    monkeypatch.setattr(list_passes, "MOST_AT_ONCE", 3)
    factories.badges(database, factories.an_event(database), 4)
    now = datetime.now(UTC)

    for seconds in (0, 5, 59, 61):
        lists.look(Tools(database, KEYS, settings, lambda at=seconds: now + timedelta(seconds=at)))

    assert started == [now, now + timedelta(seconds=61)]
