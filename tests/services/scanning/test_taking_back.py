"""A registered list is taken back, in batches, also after it was interrupted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Badge, ImportRun, Participant, Role
from checkin.errors import NotFound
from checkin.services.people.importing import importing
from checkin.services.people.importing.import_runs import TakenBack, kept_rows, runs_of
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.scanning import taking_back
from checkin.services.scanning.taking_back import run_named, take_back
from checkin.services.spreadsheets.reading import read_table
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import an_operator

COUNT, QUOTA = 7, 5
LIST = "Nom,Délégation\n" + "".join(f"Militant N{n}a,Khémisset\n" for n in range(COUNT))


@pytest.fixture
def delegation(database, event):
    factories.a_category(database, event)
    return factories.a_delegation(database, event, "Khémisset", quota=QUOTA)


@pytest.fixture
def run_id(database, event, delegation, monkeypatch):
    for module in (importing, taking_back):
        monkeypatch.setattr(module, "BATCH", {"sqlite": 3, "postgresql": 3})
    import_list(database, Importing(event, read_table(LIST.encode())), KEYS, lambda: NOW)
    with database.read() as session:
        return session.scalars(select(ImportRun.id)).one()


@pytest.fixture(autouse=True)
def organiser(database):
    return an_operator(database, Role.ORGANISER)


def taken_back(database, event, run_id, **more):
    return take_back(database, event, run_id, lambda: NOW, operator_id=1, **more)


def standings(database):
    with database.read() as session:
        rows = session.execute(
            select(Participant.name, Participant.standing).order_by(Participant.id)
        )
        return {row.name: row.standing for row in rows}


def working_badges(database):
    with database.read() as session:
        return len(session.scalars(select(Badge.id).where(Badge.revoked_at.is_(None))).all())


def test_everybody_of_a_list_is_canceled_with_their_badges_and_others_get_the_places(
    database, event, delegation, run_id
):
    factories.a_participant(database, event, "Qui Attend", delegation=delegation)

    counts = taken_back(database, event, run_id)

    assert counts == {"done": COUNT, "arrived": 0, "changed": 0}
    canceled = dict.fromkeys((f"Militant N{n}a" for n in range(COUNT)), "canceled")
    assert standings(database) == {**canceled, "Qui Attend": "confirmed"}
    assert working_badges(database) == 1
    with database.read() as session:
        [run] = runs_of(session, event)
    assert (run.added, run.outcomes["done"], run.is_open) == (COUNT, COUNT, False)


def test_the_list_and_the_log_say_who_took_it_back_and_what_became_of_it(database, event, run_id):
    told = []

    counts = taken_back(database, event, run_id, reached=lambda _session, *at: told.append(at))

    assert told == [(3, COUNT), (6, COUNT), (7, COUNT)]
    with database.read() as session:
        run = session.get_one(ImportRun, run_id)
        wanted = select(Activity).where(Activity.action == "participants.take_back")
        line = session.scalars(wanted).one()
    assert (run.taken_back_at, run.taken_back_by) == (NOW, 1)
    assert (line.operator_id, line.details) == (1, counts)


def test_a_list_is_found_in_its_event_and_by_its_own_delegation_alone(
    database, event, delegation, run_id
):
    other = factories.an_event(database, "fes-2025")

    def found(*args):
        with database.read() as session:
            try:
                return run_named(session, *args).id
            except NotFound:
                return None

    assert [found(event, run_id), found(event, run_id + 1), found(other, run_id)] == [
        *(run_id, None, None),
    ]
    assert found(event, run_id, delegation.id) is None
    write(database, lambda s: setattr(s.get_one(ImportRun, run_id), "delegation_id", delegation.id))
    assert [found(event, run_id, of) for of in (None, delegation.id, delegation.id + 1)] == [
        *(run_id, run_id, None),
    ]
    taken_back(database, event, run_id)
    with database.read() as session:
        wanted = select(Activity).where(Activity.action == "participants.take_back")
        assert session.scalars(wanted).one().details["delegation_id"] == delegation.id


def test_what_was_interrupted_goes_on_and_nothing_is_done_twice(database, event, run_id):
    def stop(_session, done, _total):
        if done > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken_back(database, event, run_id, reached=stop)
    half = list(standings(database).values()).count("canceled")
    counts = [taken_back(database, event, run_id) for _ in range(2)]

    assert half == 3
    assert counts == [{"done": COUNT, "arrived": 0, "changed": 0}] * 2
    assert set(standings(database).values()) == {"canceled"}


def test_who_has_arrived_is_blocked_or_canceled_since_stays(database, event, run_id):
    with database.read() as session:
        ids = session.scalars(select(Participant.id).order_by(Participant.id)).all()
        badge = session.scalar(select(Badge.id).where(Badge.participant_id == ids[0]))
    device = factories.a_device(database, event, "Porte")
    factories.scan(database, device, factories.code_of(event, badge))
    write(database, lambda s: setattr(s.get(Participant, ids[1]), "note", "VIP"))

    counts = taken_back(database, event, run_id)

    assert counts == {"done": COUNT - 2, "arrived": 1, "changed": 1}
    with database.read() as session:
        kept = kept_rows(session, run_id, 10)
    assert [(row.number, row.outcome) for row in kept] == [
        (2, TakenBack.ARRIVED),
        (3, TakenBack.CHANGED),
    ]


def test_a_person_who_was_moved_goes_back_to_their_delegation(
    database, event, delegation, monkeypatch
):
    sale = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Amina Alaoui", delegation=sale, phone="+212612345678")
    rows = "Nom,Délégation,Téléphone,Remarques\nAmina Alaoui,Khémisset,0612345678,en bus\n"
    import_list(database, Importing(event, read_table(rows.encode())), KEYS, lambda: NOW)
    with database.read() as session:
        moved = session.scalars(select(Participant.delegation_id)).one()
        run_id = session.scalars(select(ImportRun.id)).one()

    taken_back(database, event, run_id)

    with database.read() as session:
        person = session.scalars(select(Participant)).one()
    assert moved == delegation.id
    assert (person.delegation_id, person.note, person.standing) == (sale.id, None, "confirmed")
