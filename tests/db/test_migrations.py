"""The schema goes up and down, and is what the models say."""

from __future__ import annotations

import json

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, inspect, select, text

from checkin.db.migrate import current_revision, downgrade, head_revision, upgrade
from checkin.db.models import (
    Activity,
    Admission,
    ArrivalTally,
    Base,
    Device,
    EventDay,
    Participant,
    Role,
)
from checkin.db.types import UtcDateTime
from tests.support import factories
from tests.support.factories import NOW
from tests.web.browsing import an_operator

#: made by hand in the migrations, in each database's own way
BY_HAND = (
    "participant_search",
    "ix_participant_trigrams",
    "participant_terms",
    "ix_participant_terms",
)


def at(statement: str):
    """Return a statement whose parameter `at` is stored as the models store a moment."""
    return text(statement).bindparams(bindparam("at", type_=UtcDateTime))


def schema(database):
    """Return every table with its columns, indexes and constraints."""
    with database.reading() as connection:
        found = inspect(connection)
        return {
            table: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
                sorted(str(i["name"]) for i in found.get_indexes(table)),
                sorted(str(c["name"]) for c in found.get_check_constraints(table)),
                sorted(str(c["name"]) for c in found.get_unique_constraints(table)),
                sorted(str(c["name"]) for c in found.get_foreign_keys(table)),
            )
            for table in found.get_table_names()
        }


def test_migrations_go_up_down_and_up_again(empty_database):
    upgrade(empty_database)
    first = schema(empty_database)
    downgrade(empty_database)
    bare = schema(empty_database)
    upgrade(empty_database)

    assert set(bare) == {"alembic_version"}
    assert schema(empty_database) == first
    assert set(Base.metadata.tables) < set(first)


def test_the_models_and_the_migrations_say_the_same(database):
    def include_name(name, kind, _parents):
        return not (kind in ("table", "index") and name and name.startswith(BY_HAND))

    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": include_name, "compare_type": True}
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_check_constraints_are_those_of_the_models(database):
    in_models = {
        table.name: sorted(str(c.name) for c in table.constraints if str(c.name).startswith("ck_"))
        for table in Base.metadata.tables.values()
    }

    found = schema(database)
    assert {name: found[name][2] for name in in_models} == in_models


def test_a_migrated_database_is_at_the_head(database, empty_database):
    assert (current_revision(database), current_revision(empty_database)) == (head_revision(), None)


def test_the_log_says_whose_account_it_was_and_no_longer_that_they_did_it(empty_database):
    upgrade(empty_database, "0010")
    add = "INSERT INTO activity (id, at, operator_id, action, details) VALUES (:i, :at, :o, :a, :d)"
    with empty_database.write() as session:
        session.execute(
            at(
                "INSERT INTO operator (id, email, name, role, password_hash, language, created_at)"
                " VALUES (7, 'a@example.org', 'A', 'viewer', 'x', 'fr', :at)"
            ),
            {"at": NOW},
        )
        for number, action in ((1, "operator.add"), (2, "operator.sign_in")):
            told = '{"email": "a@example.org", "role": "viewer"}' if number == 1 else "{}"
            row = {"i": number, "at": NOW, "o": 7, "a": action, "d": told}
            session.execute(at(add), row)

    upgrade(empty_database)

    with empty_database.read() as session:
        rows = session.query(Activity).order_by(Activity.id).all()
    assert [(row.operator_id, row.details) for row in rows] == [
        (None, {"role": "viewer", "account": 7}),
        (7, {}),
    ]


def test_who_was_blocked_before_blocks_had_reasons_stays_blocked(database, event):
    factories.a_participant(database, event)
    downgrade(database, "0019")
    with database.write() as session:
        session.execute(text("UPDATE participant SET blocked = true"))

    upgrade(database)

    with database.read() as session:
        [person] = session.query(Participant).all()
    assert (person.blocked, person.blocked_at, person.blocked_reason) == (True, NOW, "")


def test_devices_that_had_one_name_are_numbered(database, event):
    devices = [factories.a_device(database, event) for _ in range(4)]
    downgrade(database, "0039")
    names = ("scanner", "scanner 2", "scanner", "scanner")
    with database.write() as session:
        for device, name in zip(devices, names, strict=True):
            session.execute(
                text("UPDATE device SET name = :name WHERE id = :id"),
                {"name": name, "id": device.id},
            )

    upgrade(database)

    with database.read() as session:
        found = session.scalars(select(Device.name).order_by(Device.id)).all()
    assert found == ["scanner", "scanner 2", "scanner 3", "scanner 4"]


def test_what_was_recorded_before_events_had_days_is_of_the_first(database, event):
    device = factories.a_device(database, event)
    for code in factories.badges(database, event, 2):
        factories.scan(database, device, code)
    downgrade(database, "0022")

    upgrade(database)

    with database.read() as session:
        [day] = session.query(EventDay).all()
        [tally] = session.query(ArrivalTally).all()
        entries = session.query(Admission.day, Admission.entry_no).all()
    assert (day.day, day.starts_at, day.ends_at) == (1, event.starts_at, event.ends_at)
    assert (tally.day, tally.arrived, tally.last_arrival_at) == (1, 2, NOW)
    assert entries == [(1, 1), (1, 1)]


def test_the_log_knows_whom_it_is_about_and_participants_who_registered_them(database, event):
    operator = an_operator(database, Role.ORGANISER).id
    person = factories.a_participant(database, event).participant_id
    about = {"participant_id": person}
    downgrade(database, "0022")
    add = (
        "INSERT INTO activity (event_id, at, operator_id, action, details)"
        " VALUES (:e, :at, :o, :a, :d)"
    )
    with database.write() as session:
        told = [
            ("participant.cancel", about),
            ("gate.add", {"gate": "Porte 1"}),
            ("participant.cancel", {"participant_id": 999}),  # nobody any more
        ]
        for action, details in told:
            row = {"e": event.id, "at": NOW, "o": operator, "a": action, "d": json.dumps(details)}
            session.execute(at(add), row)
        session.execute(
            text("UPDATE activity SET operator_id = :o WHERE action = 'participant.register'"),
            {"o": operator},
        )

    upgrade(database)

    with database.read() as session:
        others = Activity.action != "operator.add"
        rows = session.query(Activity).filter(others).order_by(Activity.id)
        found = [(row.action, row.participant_id, row.details) for row in rows]
        registrar = session.get_one(Participant, person).registrar_id
    assert found == [
        ("participant.register", person, {"door": "form"}),
        ("participant.cancel", person, {}),
        ("gate.add", None, {"gate": "Porte 1"}),
        ("participant.cancel", None, {"participant_id": 999}),
    ]
    assert registrar == operator


def test_going_back_puts_the_participants_into_the_details_again(database, event):
    person = factories.a_participant(database, event).participant_id

    downgrade(database, "0022")

    with database.read() as session:
        query = text("SELECT details FROM activity WHERE action = 'participant.register'")
        details = session.execute(query).scalar_one()
    told = json.loads(details) if isinstance(details, str) else details
    assert told == {"door": "form", "participant_id": person}
