"""On PostgreSQL a single statement commits itself; several statements are one transaction."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event as on
from sqlalchemy import func, select, text

from checkin.db.engine import in_shortest_transaction, require_transaction
from checkin.db.models import Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning import record
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW

KEEP = text("INSERT INTO kept (word) VALUES (:word)")
AN_HOUR_AGO = NOW - timedelta(hours=1)
LET_IN = Decided(Status.OK, None)


class Interrupted(Exception):
    pass


@pytest.fixture
def kept_database(postgres_database):
    with postgres_database.write() as session:
        session.execute(text("CREATE TABLE kept (word TEXT UNIQUE)"))
    return postgres_database


def keep(*words, together, then=None):
    def work(connection):
        if together:
            require_transaction(connection)
            require_transaction(connection)
        for word in words:
            connection.execute(KEEP, {"word": word})
        if then:
            raise then

    return work


def words(database):
    with database.read() as session:
        return session.execute(text("SELECT word FROM kept ORDER BY word")).scalars().all()


def statements_of(database):
    sent = []
    for engine in (database._reader, database._writer):
        on.listen(
            engine,
            "before_cursor_execute",
            lambda c, cursor, statement, *_: sent.append(statement.split()[0]),
        )
    return sent


def test_statements_of_one_transaction_are_rolled_back_together(kept_database):
    with pytest.raises(Interrupted):
        in_shortest_transaction(kept_database, keep("a", "b", together=True, then=Interrupted()))
    assert words(kept_database) == []

    in_shortest_transaction(kept_database, keep("c", "d", together=True))
    assert words(kept_database) == ["c", "d"]


def test_control_without_a_transaction_each_statement_is_kept(kept_database):
    with pytest.raises(Interrupted):
        in_shortest_transaction(kept_database, keep("a", "b", together=False, then=Interrupted()))
    assert words(kept_database) == ["a", "b"]


def test_whoever_comes_after_a_fault_finds_no_transaction_begun(kept_database):
    with pytest.raises(Interrupted):
        in_shortest_transaction(kept_database, keep("a", together=True, then=Interrupted()))
    sent = statements_of(kept_database)

    in_shortest_transaction(kept_database, keep("b", together=False))

    assert sent == ["INSERT"]
    assert words(kept_database) == ["b"]


def test_a_transaction_that_has_begun_is_not_begun_again(kept_database):
    sent = statements_of(kept_database)

    with kept_database.writing() as connection:
        keep("a", together=True)(connection)

    assert sent == ["INSERT"]
    assert words(kept_database) == ["a"]


def test_an_ordinary_arrival_is_two_statements(postgres_database):
    event = factories.an_event(postgres_database)
    device = factories.a_device(postgres_database, event)
    code = factories.a_badge(postgres_database, event)
    sent = statements_of(postgres_database)

    factories.scan(postgres_database, device, code)

    assert Counter(sent) == Counter(["SELECT", "WITH"])


def refused(code):
    return factories.a_reading("not one of ours")


def leaving(code):
    return factories.a_reading(code, direction=Direction.EXIT)


def uploaded_late(code):
    return factories.a_reading(code, at=AN_HOUR_AGO, received_at=NOW, decided=LET_IN)


def let_in_against_the_rules(code):
    return factories.a_reading(code, decided=LET_IN, scan_id=uuid4())


@pytest.mark.parametrize("read", [refused, leaving, uploaded_late, let_in_against_the_rules])
def test_a_scan_that_changes_more_than_an_arrival_is_written_whole_or_not(
    read, database, monkeypatch
):
    event = factories.an_event(database)
    device = factories.a_device(database, event)
    code = factories.a_badge(database, event)
    if read is not uploaded_late:
        factories.scan(database, device, code, at=AN_HOUR_AGO)
    before = scans_of(database)

    def interrupt(*_, **__):
        raise Interrupted

    monkeypatch.setattr(record, "_apply", interrupt)
    with pytest.raises(Interrupted):
        factories.record(database, device, read(code))

    assert scans_of(database) == before


def scans_of(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Scan))
