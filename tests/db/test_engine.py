"""How the database is opened: durable, and with transactions repeated where that helps."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from tests.support import factories


def test_sqlite_keeps_a_commit_through_a_power_cut(sqlite_database):
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    with sqlite_database.write() as session:
        written = [session.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]

    assert written == ["wal", 2, 1]  # 2: FULL


def test_a_reading_session_cannot_write(sqlite_database):
    with sqlite_database.read() as session, pytest.raises(DBAPIError, match="readonly"):
        session.execute(text("DELETE FROM event"))


def test_a_snapshot_sees_one_moment_and_hinders_no_writer(database, event):
    def names(session):
        return session.scalars(select(Event.slug).order_by(Event.id)).all()

    with database.snapshot() as session:
        before = names(session)
        factories.an_event(database, "second")
        during = names(session)
    with database.read() as session, database.snapshot() as again:
        after = names(session), names(again)

    assert (before, during) == (["rabat-2025"], ["rabat-2025"])
    assert after == (["rabat-2025", "second"],) * 2


def test_a_snapshot_cannot_write(database, event):
    with database.snapshot() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("DELETE FROM event"))


@pytest.mark.parametrize("broken", [False, True])
def test_a_snapshot_leaves_its_connection_as_it_was(database, event, broken):
    with suppress(ZeroDivisionError), database.snapshot() as session:
        session.execute(select(Event.id))
        if broken:
            raise ZeroDivisionError

    with database.stating() as connection:
        connection.execute(text("UPDATE event SET venue = 'Fès'"))
    with database.read() as session:
        first = session.scalar(select(Event.venue))
        in_transaction(database, lambda s: s.execute(text("UPDATE event SET venue = 'Salé'")))
        assert (first, session.scalar(select(Event.venue))) == ("Fès", "Salé")


def test_sqlite_without_a_file_is_refused():
    with pytest.raises(ValueError, match="needs a file"):
        Database("sqlite://")


def test_what_raises_writes_nothing(database):
    def work(session):
        session.execute(text("UPDATE alembic_version SET version_num = 'x'"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        in_transaction(database, work)

    with database.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() != "x"


def test_a_conflict_is_tried_again_and_given_up_in_the_end(database, event):
    runs = []

    def work(session):
        runs.append(session)
        session.execute(text("UPDATE event SET capacity = 0"))

    with pytest.raises(IntegrityError):
        in_transaction(database, work, attempts=3)

    assert len(runs) == 3


def test_a_fault_that_no_repetition_helps_is_not_tried_again(database):
    runs = []

    def work(session):
        runs.append(session)
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        in_transaction(database, work)

    assert len(runs) == 1


def test_moments_come_back_aware_and_in_utc(database):
    made = factories.an_event(database)

    with database.read() as session:
        found = session.scalars(select(Event)).one()

    assert (found.starts_at, found.starts_at.utcoffset()) == (
        made.starts_at,
        factories.NOW.utcoffset(),
    )


def test_a_naive_moment_is_refused(database):
    with pytest.raises(DBAPIError.__mro__[1], match="naive"):
        factories.an_event(database, doors_open_at=factories.NOW.replace(tzinfo=None))
