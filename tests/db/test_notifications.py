"""LISTEN is there while somebody in the process listens, and is mended when it is cut."""

from __future__ import annotations

import threading
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text

from checkin.db.engine import Database
from checkin.db.notifications import Notifications
from tests.support.others.pgbouncer import pgbouncer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.postgres
CHANNEL = "marhaba_test"
_LISTENING = "query LIKE 'LISTEN%' AND datname = current_database()"


class Heard:
    """Counts how often it was called."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def here(postgres_database) -> Notifications:
    with closing(Notifications(postgres_database.url)) as notifications:
        yield notifications


@pytest.fixture
def there(postgres_database) -> Notifications:
    """The same in another process."""
    with closing(Notifications(postgres_database.url)) as notifications:
        yield notifications


def listening(database: Database) -> int:
    """How many connections listen."""
    with database.reading() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {_LISTENING}"))


def cut(database: Database) -> None:
    """Cut the connections that listen."""
    told = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_LISTENING}"
    with database.reading() as connection:
        assert connection.scalars(text(told)).all() == [True]


def refused(_url):
    raise psycopg.OperationalError("nobody answers")


def test_what_one_process_sends_another_one_hears(here, there):
    heard = Heard()
    with there.listened(CHANNEL, heard):
        wait_for(lambda: there.arrive)
        before = heard.times

        here.send(CHANNEL)

        wait_for(lambda: heard.times > before, timeout_s=10)


def test_of_other_channels_nothing_is_heard(here, there):
    ours, others = Heard(), Heard()
    with there.listened(CHANNEL, ours), there.listened("marhaba_other", others):
        wait_for(lambda: there.arrive and others.times)
        before = others.times, ours.times

        here.send(CHANNEL)
        wait_for(lambda: ours.times > before[1])

        assert others.times == before[0]


def test_whoever_listens_is_called_once_listening_has_begun(here):
    """What was sent before could not be heard, so there may be something to look at."""
    heard = Heard()
    with here.listened(CHANNEL, heard):
        wait_for(lambda: heard.times)


def test_a_second_channel_is_listened_to_on_the_same_connection(here, postgres_database):
    first, second = Heard(), Heard()
    with here.listened(CHANNEL, first):
        wait_for(lambda: here.arrive)
        with here.listened("marhaba_second", second):
            wait_for(lambda: second.times)
            assert listening(postgres_database) == 1


def test_whoever_joins_others_on_a_channel_is_called_at_the_beginning_too(here):
    first, second = Heard(), Heard()
    with here.listened(CHANNEL, first):
        wait_for(lambda: here.arrive and first.times)
        with here.listened(CHANNEL, second):
            wait_for(lambda: second.times)

    assert first.times == 1


def test_without_a_listener_no_connection_listens(here, postgres_database):
    with here.listened(CHANNEL, Heard()):
        wait_for(lambda: listening(postgres_database) == 1)

    wait_for(lambda: listening(postgres_database) == 0)
    wait_for(lambda: "listen" not in {thread.name for thread in threading.enumerate()})


def test_a_connection_that_was_cut_is_opened_again_and_whoever_listens_is_called(
    here, there, postgres_database
):
    heard = Heard()
    with there.listened(CHANNEL, heard):
        wait_for(lambda: there.arrive)
        before = heard.times
        cut(postgres_database)
        wait_for(lambda: heard.times > before, "word of the cut")
        wait_for(lambda: listening(postgres_database) == 1 and there.arrive)
        after = heard.times

        here.send(CHANNEL)

        wait_for(lambda: heard.times > after)


def test_whoever_listens_is_called_when_the_connection_is_lost_and_stays_away(
    here, postgres_database, monkeypatch
):
    heard = Heard()
    with here.listened(CHANNEL, heard):
        wait_for(lambda: here.arrive)
        before = heard.times
        monkeypatch.setattr("checkin.db.notifications.connected", refused)
        cut(postgres_database)

        wait_for(lambda: heard.times > before)

        assert not here.arrive


def test_the_sending_connection_is_opened_again_after_it_was_cut(here, postgres_database):
    here.send(CHANNEL)
    with postgres_database.reading() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'SELECT pg_notify%' AND datname = current_database()"
            )
        )
    with pytest.raises(psycopg.OperationalError):
        here.send(CHANNEL)

    here.send(CHANNEL)


def test_behind_a_pooler_of_transactions_it_is_known_that_nothing_arrives(
    postgres_database, caplog, monkeypatch
):
    monkeypatch.setattr("checkin.db.notifications.PROOF_S", 0.5)
    heard = Heard()
    with (
        pgbouncer(postgres_database.url) as pooled,
        closing(Notifications(pooled)) as notifications,
        notifications.listened(CHANNEL, heard),
    ):
        wait_for(lambda: "CHECKIN_DATABASE_DIRECT_URL" in caplog.text)
        assert not notifications.arrive


def test_past_the_pooler_notifications_arrive(postgres_database, monkeypatch):
    monkeypatch.setattr("checkin.db.notifications.PROOF_S", 5.0)
    with pgbouncer(postgres_database.url) as pooled:
        database = Database(pooled, direct_url=postgres_database.url)
        with database.notifications.listened(CHANNEL, Heard()):
            wait_for(lambda: database.notifications.arrive)
        database.dispose()


def test_migrations_go_past_the_pooler(postgres_database):
    nowhere = "postgresql+psycopg://marhaba@/nowhere?host=/nowhere"
    database = Database(nowhere, direct_url=postgres_database.url)
    with database.connect_for_migration() as connection:
        assert connection.scalar(text("SELECT current_database()")) in postgres_database.url
    database.dispose()
