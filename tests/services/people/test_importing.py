"""Importing a participants' file: planned, registered in batches, harmless when repeated."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Badge, Message, Participant
from checkin.services.people import importing
from checkin.services.people.import_plans import plan_table
from checkin.services.people.importing import Importing, import_list
from checkin.services.spreadsheets.reading import read_table
from tests.support import factories
from tests.support.factories import KEYS, NOW

FILE = """Nom;Prénom;Délégation;E-mail;Téléphone
Alaoui;Amina;Khémisset;amina@example.org;0612345678
Brahimi;Brahim;Khémisset;;
Chafik;Chadia;Khémisset;chadia@example.org;
;;Khémisset;;
Daoudi;Driss;Nulle part;;
"""


@pytest.fixture
def event_with_delegation(database, event):
    factories.a_delegation(database, event, quota=2)
    factories.a_category(database, event)
    return event


def table_of(text):
    return read_table(text.encode())


def plan(database, event, text):
    with database.read() as session:
        return plan_table(session, event, table_of(text))


def apply(database, event, text, **more):
    given = Importing(event, table_of(text))
    return import_list(database, given, KEYS, lambda: NOW, **more).counts


def people(database):
    with database.read() as session:
        rows = session.scalars(select(Participant).order_by(Participant.id))
        return [(row.name, row.standing, row.reserve_no) for row in rows]


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


COUNTS = {"add": 3, "change": 0, "skip": 0, "refuse": 2}
PEOPLE = [
    ("Amina Alaoui", "confirmed", None),
    ("Brahim Brahimi", "confirmed", None),
    ("Chadia Chafik", "reserve", 1),
]


def test_a_dry_run_of_an_import_reports_everything_and_writes_nothing(
    database, event_with_delegation
):
    planned = plan(database, event_with_delegation, FILE)

    assert (planned.counts, people(database)) == (COUNTS, [])


def test_an_import_does_what_its_dry_run_reported(database, event_with_delegation):
    assert apply(database, event_with_delegation, FILE) == COUNTS
    assert people(database) == PEOPLE
    assert (count(database, Badge), count(database, Message)) == (3, 1)


def test_repeating_an_import_adds_nobody(database, event_with_delegation):
    apply(database, event_with_delegation, FILE)

    again = apply(database, event_with_delegation, FILE)

    assert (again["add"], again["change"], people(database)) == (0, 0, PEOPLE)
    assert (count(database, Badge), count(database, Message)) == (3, 1)


def test_a_failed_batch_writes_nothing(database, event_with_delegation, monkeypatch):
    def fail(*_arguments, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(importing, "note_counts", fail)  # the last thing that a batch writes
    with pytest.raises(OSError, match="disk full"):
        apply(database, event_with_delegation, FILE)

    assert (people(database), count(database, Badge), count(database, Message)) == ([], 0, 0)


def test_a_changed_line_changes_its_person(database, event_with_delegation):
    apply(database, event_with_delegation, FILE)
    moved = FILE.replace("0612345678", "0698765432")

    assert apply(database, event_with_delegation, moved)["change"] == 1
    with database.read() as session:
        [phone] = session.scalars(
            select(Participant.phone).where(Participant.email == "amina@example.org")
        )
    assert phone == "+212698765432"


def test_ten_thousand_rows_are_imported_and_progress_is_reported(database, event):
    factories.a_delegation(database, event, quota=9000)
    factories.a_category(database, event)
    text = "Nom,Délégation\n" + "".join(f"Militant numéro {n},Khémisset\n" for n in range(10_000))
    told = []
    with database.read() as session:
        plan_table(session, event, table_of(text), progress=lambda *given: told.append(given))

    counts = apply(database, event, text)

    assert counts == {"add": 10_000, "change": 0, "skip": 0, "refuse": 0}
    assert (told[0], told[-1], told) == ((0, 10_000), (10_000, 10_000), sorted(told))
    with database.read() as session:
        by_standing = dict(
            map(
                tuple,
                session.execute(
                    select(Participant.standing, func.count()).group_by(Participant.standing)
                ),
            )
        )
        last = session.scalar(select(func.max(Participant.reserve_no)))
    assert (by_standing, last) == ({"confirmed": 9000, "reserve": 1000}, 1000)
