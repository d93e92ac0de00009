"""Importing a participants' file: planned, registered in batches, harmless when repeated."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Badge, Message, Participant
from checkin.services.people.importing import importing
from checkin.services.people.importing.import_plans import plan_table
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.spreadsheets.reading import read_table
from checkin.words.problems import row_sentences
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
        return plan_table(session, event, table_of(text), now=NOW)


def apply(database, event, text, **more):
    return result(database, event, text, **more).counts


def apply_rows(database, event, text):
    return result(database, event, text).rows


def result(database, event, text, **more):
    return import_list(database, Importing(event, table_of(text)), KEYS, lambda: NOW, **more)


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


@pytest.mark.parametrize("rows", [1_000, pytest.param(10_000, marks=pytest.mark.proof)])
def test_a_long_list_is_imported_and_progress_is_reported(database, event, rows):
    places = rows * 9 // 10
    factories.a_delegation(database, event, quota=places)
    factories.a_category(database, event)
    text = "Nom,Délégation\n" + "".join(f"Militant numéro {n},Khémisset\n" for n in range(rows))
    told = []
    with database.read() as session:
        plan_table(
            session, event, table_of(text), now=NOW, progress=lambda *given: told.append(given)
        )

    counts = apply(database, event, text)

    assert counts == {"add": rows, "change": 0, "skip": 0, "refuse": 0}
    assert (told[0], told[-1], told) == ((0, rows), (rows, rows), sorted(told))
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
    waiting = rows - places
    assert (by_standing, last) == ({"confirmed": places, "reserve": waiting}, waiting)


def test_a_list_that_moves_many_is_judged_row_by_row_in_their_order(database, event, device):
    factories.a_category(database, event)
    here, there = (factories.a_delegation(database, event, name, quota=3) for name in ("A", "B"))
    people = [factories.a_participant(database, event, f"P {n}", delegation=here) for n in "123"]
    for name in ("Q", "R"):
        factories.a_participant(database, event, name, delegation=there)
    for person in people:
        factories.scan(database, device, factories.code_of(event, person.badge_id))
    rows = "".join(f"P {n};B;06123456{n}0;P {n}\n" for n in "123")
    people_by_contact(database)

    text = f"Nom;Délégation;Téléphone;Note\n{rows}"
    foreseen = plan(database, event, text).rows
    planned = apply_rows(database, event, text)

    assert foreseen == planned
    assert [row.action for row in planned] == ["change", "refuse", "refuse"]
    assert [(row.row_number, row.why[0].code) for row in planned[1:]] == [
        (3, "no_place_for_arrival"),
        (4, "no_place_for_arrival"),
    ]
    assert row_sentences(planned[1], "fr")[0].startswith("Ligne 3 · Délégation")
    with database.read() as session:
        found = session.scalars(select(Participant).order_by(Participant.id)).all()
    assert [(one.delegation_id, one.standing, one.note) for one in found[:3]] == [
        (there.id, "confirmed", "P 1"),
        (here.id, "confirmed", None),
        (here.id, "confirmed", None),
    ]


def people_by_contact(database):
    """Give P 1, P 2 and P 3 the telephone numbers by which a list finds them elsewhere."""
    with database.write() as session:
        for person in session.scalars(select(Participant).where(Participant.name.like("P %"))):
            person.phone = f"+2126123456{person.name[-1]}0"
