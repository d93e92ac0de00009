"""Behind pgbouncer in transaction mode every answer is the same as without it."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from checkin.db import postgresql
from checkin.db.engine import Database, in_transaction
from checkin.db.migrate import current_revision, downgrade, head_revision, upgrade
from checkin.db.models import Admission, Scan
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.services.export.whole import write_whole
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.scanning.record import record_batch
from checkin.services.scanning.storage import Decided
from checkin.services.spreadsheets.reading import read_table
from checkin.worker.waking import LOOK_EVERY_S, LOOK_EVERY_WHEN_TOLD_S, NewJobs
from tests.support import factories
from tests.support.databases.databases import opened
from tests.support.factories import NOW
from tests.support.others.pgbouncer import pgbouncer
from tests.support.racing import race, race_outcomes

pytestmark = pytest.mark.postgres
THREADS = 16


@pytest.fixture
def pooled(postgres_database):
    """The database through pgbouncer."""
    with pgbouncer(postgres_database.url) as url, opened(url) as database:
        yield database


def devices_at(database, event, count):
    return [factories.a_device(database, event, f"Porte {n}") for n in range(count)]


def scan_each_in_turn(database, devices, codes):
    """Scan every code at each gate at once; return the outcomes."""

    def at_gate(at):
        return [factories.scan(database, devices[at], code) for code in codes]

    return race_outcomes(len(devices), at_gate)


def test_hundreds_of_scans_at_once_are_all_answered_rightly(pooled):
    event = factories.an_event(pooled)
    codes = factories.badges(pooled, event, 30)

    devices = devices_at(pooled, event, THREADS)

    answers = [answer for gate in scan_each_in_turn(pooled, devices, codes) for answer in gate]

    told = Counter(answer.reason for answer in answers)
    assert told == {None: 30, Reason.ALREADY_REDEEMED: 30 * (THREADS - 1)}
    assert counted(pooled) == (30, 30 * THREADS)


def test_control_with_prepared_statements_scans_fail(postgres_database, monkeypatch):
    monkeypatch.setattr(postgresql, "set_up", lambda *_: None)
    event = factories.an_event(postgres_database)
    codes = factories.badges(postgres_database, event, 30)
    devices = devices_at(postgres_database, event, THREADS)

    with pgbouncer(postgres_database.url) as url, opened(url) as database:
        outcomes = scan_each_in_turn(database, devices, codes)

    assert any("prepared statement" in str(one) for one in outcomes if isinstance(one, DBAPIError))


@pytest.mark.parametrize("behind", [False, True])
def test_statements_are_prepared_unless_a_pooler_stands_between(behind, pooled, postgres_database):
    database = pooled if behind else postgres_database
    with database.reading() as reads, database.writing() as writes:
        drivers = [one.connection.driver_connection for one in (reads, writes)]

    assert [driver.prepare_threshold for driver in drivers] == [None if behind else 5] * 2


def test_a_full_hall_admits_as_many_as_it_holds(pooled):
    event = factories.an_event(pooled, capacity=20, reserve_from=NOW)
    codes = factories.badges(pooled, event, 60)
    devices = devices_at(pooled, event, 6)

    told = race(
        6, lambda at: [factories.scan(pooled, devices[at], code).reason for code in codes[at::6]]
    )

    assert Counter(reason for gate in told for reason in gate) == {
        None: 20,
        Reason.CAPACITY_EXCEEDED: 40,
    }


def test_uploads_of_several_gates_at_once_are_counted_once(pooled):
    event = factories.an_event(pooled)
    codes = factories.badges(pooled, event, 60)
    devices = devices_at(pooled, event, 6)

    def upload(at):
        readings = [factories.a_reading(code, decided=Decided(Status.OK, None)) for code in codes]
        return record_batch(pooled, devices[at], readings, factories.KEYS)

    conflicts = Counter(answer.conflict for answers in race(6, upload) for answer in answers)

    assert conflicts == {False: 60, True: 300}


def test_several_statements_are_written_together_or_not(pooled):
    event = factories.an_event(pooled)

    def fail(session):
        session.execute(text("UPDATE event SET venue = 'Fès'"))
        raise RuntimeError("stop")

    for _ in range(20):
        with pytest.raises(RuntimeError, match="stop"):
            in_transaction(pooled, fail)
    with pooled.snapshot() as session:
        assert session.scalar(text("SELECT venue FROM event")) == event.venue


def test_an_import_and_an_export_of_hundreds_pass(pooled):
    event = factories.an_event(pooled)
    factories.a_delegation(pooled, event)
    factories.a_category(pooled, event)
    lines = [f"Alaoui{n};Amina;Khémisset;{612_000_000 + n:010}" for n in range(700)]
    table = read_table("\n".join(["Nom;Prénom;Délégation;Téléphone", *lines]).encode())

    done = import_list(pooled, Importing(event, table), factories.KEYS, lambda: NOW)
    with pooled.snapshot() as session:
        written = write_whole(session, event, io.StringIO(), now=NOW)

    assert (done.counts["add"], written["participants"]) == (700, 700)


def test_migrations_go_past_the_pooler_where_a_direct_address_is_set(postgres_databases, tmp_path):
    nowhere = f"postgresql+psycopg://marhaba@/x?host={tmp_path}"
    with postgres_databases.empty(tmp_path) as direct:
        database = Database(nowhere, direct_url=direct)
        upgrade(database)
        database.dispose()

        with opened(direct) as there:
            assert current_revision(there) == head_revision()


def test_a_database_is_made_and_migrated_through_the_pooler(postgres_databases, tmp_path):
    with (
        postgres_databases.empty(tmp_path) as direct,
        pgbouncer(direct) as url,
        opened(url) as database,
    ):
        upgrade(database)
        downgrade(database)
        upgrade(database)

        assert current_revision(database) == head_revision()


def test_a_worker_that_a_pooler_answers_looks_often_and_listens_past_it(pooled, postgres_database):
    heard = []
    for url in (pooled.url, postgres_database.url):
        new_jobs = NewJobs(url)
        heard.append((len(new_jobs.sockets()), new_jobs.look_every_s))
        new_jobs.close()

    assert heard == [(0, LOOK_EVERY_S), (1, LOOK_EVERY_WHEN_TOLD_S)]


def counted(database):
    with database.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) for table in (Admission, Scan)
        )
