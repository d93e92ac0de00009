"""Boards are told of commits of any process, and views are read again only for commits."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, closing, contextmanager
from functools import partial

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from checkin.db import changes
from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.services.board import live
from checkin.services.board.live import LiveHub, TooManyStreams, View
from checkin.services.board.stream_readers import (
    MOST_OF_AN_ACCOUNT,
    allowed_readers,
    device_reader,
    session_reader,
)
from checkin.services.gates.devices import revoke_device
from tests.support import factories
from tests.support.databases.databases import opened
from tests.support.waiting import wait_for

VIEW = "name"


class Reader:
    """A view of an event's name that counts how often it is read."""

    def __init__(self, database) -> None:
        self._database = database
        self.reads = 0

    def __call__(self, event_id: int) -> str:
        self.reads += 1
        with self._database.read() as session:
            return session.scalars(select(Event.name).where(Event.id == event_id)).one()


@pytest.fixture
def reader(database):
    return Reader(database)


@pytest.fixture
def hub(database, reader):
    hub = LiveHub({VIEW: View(reader, str)}, database.changes)
    yield hub
    hub.close()
    wait_for(lambda: not followers())


@pytest.fixture
def open_hub(database, reader):
    """A hub that asks the database who may still watch."""
    allowed = partial(allowed_readers, database)
    hub = LiveHub({VIEW: View(reader, str)}, database.changes, allowed)
    yield hub
    hub.close()


@pytest.fixture
def elsewhere(database_url):
    """The same database, as another process has it."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def seldom(monkeypatch):
    """Whoever misses a commit learns of it too late for any test."""
    monkeypatch.setattr(changes, "SELDOM_S", 600.0)
    monkeypatch.setattr(changes.SqliteChanges, "look_every_s", 600.0)
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.1)


def followers() -> set[str]:
    """The threads that boards need."""
    return {thread.name for thread in threading.enumerate()} & {"live", "listen", "data version"}


def rename(database, event, name: str) -> None:
    work = update(Event).where(Event.id == event.id).values(name=name)
    in_transaction(database, lambda session: session.execute(work))


def expect(bodies, body: str) -> None:
    """Wait until a stream says so."""
    until = time.monotonic() + 20
    for shown in bodies:
        if shown == body:
            return
        assert time.monotonic() < until, f"{body} was not shown"


@contextmanager
def watched(hub, database, event):
    """A stream that has shown its first body, at a moment at which commits are heard of."""
    with hub.subscribe(VIEW, event.id) as bodies:
        expect(bodies, event.name)
        wait_for(lambda: database.changes.look_every_s > 1)
        yield bodies


def until_quiet(reader) -> int:
    """Wait until the view is not read for a while; return how often it was."""
    before = -1
    while before != reader.reads:
        before = reader.reads
        time.sleep(4 * live.PAUSE_S)
    return before


@pytest.mark.usefixtures("seldom")
def test_a_commit_elsewhere_is_shown_and_nothing_was_read_before_it(
    hub, reader, database, elsewhere, event
):
    with watched(hub, database, event) as bodies:
        before = until_quiet(reader)
        time.sleep(2)
        assert reader.reads == before

        rename(elsewhere, event, "Elsewhere")

        expect(bodies, "Elsewhere")


@pytest.mark.postgres
@pytest.mark.usefixtures("seldom")
def test_while_notifications_do_not_arrive_views_are_read_often_and_boards_go_on(
    postgres_database, monkeypatch
):
    """The control of the test above, and what is behind a pooler without a direct address."""
    event = factories.an_event(postgres_database)
    monkeypatch.setattr("checkin.db.notifications.connected", _refused)
    reader = Reader(postgres_database)
    hub = LiveHub({VIEW: View(reader, str)}, postgres_database.changes)
    with hub.subscribe(VIEW, event.id) as bodies, opened(postgres_database.url) as elsewhere:
        expect(bodies, event.name)
        before = reader.reads
        wait_for(lambda: reader.reads > before + 2)
        rename(elsewhere, event, "Elsewhere")
        expect(bodies, "Elsewhere")
    hub.close()


def _refused(_url):
    raise psycopg.OperationalError("nobody answers")


@pytest.mark.usefixtures("seldom")
@pytest.mark.parametrize("after_s", [0.0, 0.005, 0.02, 0.05, 0.1, 0.2])
def test_a_commit_while_listening_begins_is_not_lost(after_s, hub, elsewhere, event):
    with hub.subscribe(VIEW, event.id) as bodies:
        time.sleep(after_s)
        rename(elsewhere, event, f"After {after_s} s")
        expect(bodies, f"After {after_s} s")


@pytest.mark.postgres
@pytest.mark.usefixtures("seldom")
def test_a_cut_connection_costs_no_board_a_change(postgres_database):
    event = factories.an_event(postgres_database)
    hub = LiveHub({VIEW: View(Reader(postgres_database), str)}, postgres_database.changes)
    with (
        opened(postgres_database.url) as elsewhere,
        watched(hub, postgres_database, event) as bodies,
    ):
        for at in range(3):
            with elsewhere.reading() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                    )
                )
            rename(elsewhere, event, f"Cut {at}")
            expect(bodies, f"Cut {at}")
    hub.close()


def test_without_watchers_nothing_is_followed_or_read(hub, reader, database, elsewhere, event):
    with watched(hub, database, event):
        pass
    hub.nudge(event.id)
    wait_for(lambda: not followers())
    before = reader.reads

    rename(elsewhere, event, "Unseen")
    hub.nudge(event.id)
    time.sleep(2 * live.PAUSE_S)

    assert (reader.reads, followers()) == (before, set())


def test_a_watcher_after_the_last_one_has_left_sees_what_is_new(hub, database, elsewhere, event):
    with watched(hub, database, event):
        pass
    wait_for(lambda: hub.nudge(event.id) or not followers())
    rename(elsewhere, event, "Meanwhile")

    with hub.subscribe(VIEW, event.id) as bodies:
        expect(bodies, "Meanwhile")


@pytest.mark.usefixtures("seldom")
def test_every_stream_sees_the_last_of_many_commits(hub, database, elsewhere, event):
    with watched(hub, database, event) as one, watched(hub, database, event) as other:
        for at in range(30):
            rename(elsewhere, event, f"Name {at}")
        expect(one, "Name 29")
        expect(other, "Name 29")


def test_an_outage_of_the_database_is_one_line_of_the_log_each_time(database, event, caplog):
    def away(_event_id):
        raise OperationalError("SELECT", {}, psycopg.OperationalError("the server is gone"))

    hub = LiveHub({"board": View(away, str)}, database.changes)

    with hub.subscribe("board", event.id):
        wait_for(lambda: caplog.records, "a line of the log")
    hub.close()

    line = caplog.records[0]
    assert line.getMessage() == f"boards of event {event.id} wait: the database does not answer"
    assert line.exc_info is None


@pytest.mark.usefixtures("seldom")
def test_the_stream_of_a_device_that_another_process_revokes_ends_and_no_other(
    open_hub, database, elsewhere, event, monkeypatch
):
    monkeypatch.setattr(live, "HEARTBEAT_S", 600.0)
    stolen, kept = (factories.a_device(database, event, gate) for gate in ("Porte 1", "Porte 2"))
    with (
        open_hub.subscribe(VIEW, event.id, device_reader(stolen.id)) as of_the_stolen,
        open_hub.subscribe(VIEW, event.id, device_reader(kept.id)) as of_the_kept,
    ):
        expect(of_the_stolen, event.name)
        in_transaction(elsewhere, lambda s: revoke_device(s, event, stolen.id, now=factories.NOW))
        assert list(of_the_stolen) == []

        rename(elsewhere, event, "Later")
        expect(of_the_kept, "Later")


def test_the_first_look_after_a_revocation_ends_the_stream_before_anything_is_read_for_boards(
    database, elsewhere, event, monkeypatch
):
    """What a board has to read, however long that takes, keeps no stream of a thief open."""
    monkeypatch.setattr(live, "HEARTBEAT_S", 600.0)
    stolen = device_reader(factories.a_device(database, event, "Porte 1").id)
    found, ended = [], threading.Event()

    def allowed(readers):
        still = allowed_readers(database, readers)
        found.append(stolen in still)
        return still

    def read(_event_id):
        if found and not found[-1]:
            assert ended.wait(60)
        return "counts"

    with (
        closing(LiveHub({VIEW: View(read, str)}, database.changes, allowed)) as hub,
        hub.subscribe(VIEW, event.id, stolen) as bodies,
        ExitStack() as leaving,
    ):
        leaving.callback(ended.set)
        expect(bodies, "counts")
        in_transaction(elsewhere, lambda s: revoke_device(s, event, stolen.id, now=factories.NOW))

        assert list(bodies) == []
        assert found.count(False) == 1  # the look that ended it still reads


def test_from_a_commit_to_the_next_look_nothing_waits_for_as_long_as_a_second():
    """A stream of a revoked device, or of a session that was ended, ends with the next look."""
    noticed_s = max(changes.ASK_EVERY_S, changes.ANNOUNCE_EVERY_S, changes.OFTEN_S)

    assert noticed_s + live.PAUSE_S < 1


def test_an_account_has_a_budget_of_streams_and_others_have_theirs(hub, event):
    with ExitStack() as stack:
        for at in range(MOST_OF_AN_ACCOUNT):
            stack.enter_context(hub.subscribe(VIEW, event.id, session_reader(at, 7)))
        with pytest.raises(TooManyStreams):
            stack.enter_context(hub.subscribe(VIEW, event.id, session_reader(99, 7)))
        stack.enter_context(hub.subscribe(VIEW, event.id, session_reader(100, 8)))
        stack.enter_context(hub.subscribe(VIEW, event.id, device_reader(7)))
    with hub.subscribe(VIEW, event.id, session_reader(1, 7)):
        pass  # whoever has closed their boards opens others
