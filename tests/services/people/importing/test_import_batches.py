"""A list registered in batches ends as if it were one transaction, whatever happens in between."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.engine import in_transaction
from checkin.db.models import (
    Activity,
    Announcement,
    AnnouncementPerson,
    Badge,
    Delegation,
    Event,
    Message,
    Participant,
)
from checkin.db.short_turns import ShortTurns
from checkin.services.people.importing import importing
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.people.registering.registration import cancel
from checkin.services.spreadsheets.reading import read_table
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race

HEAD = "Nom;Délégation;Téléphone;E-mail\n"
BEFORE = (
    HEAD
    + "Amina Alaoui;Khémisset;0600000001;\nBahia Idrissi;Salé;0600000003;\nChafik Tazi;Salé;;\n"
)
#: adds beyond the quota, changes and moves somebody, repeats and contradicts itself across batches
LIST = HEAD + "".join(
    f"{line}\n"
    for line in (
        "Driss Naciri;Khémisset;0600000002;driss@example.org",
        "Amina Alaoui;Khémisset;;amina@example.org",
        "Bahia Idrissi;Khémisset;0600000003;",
        "Fatima Zahra;Khémisset;0600000004;",
        "Driss Naciri;Khémisset;0600000002;",  # says nothing new
        "Driss Naciri;Khémisset;0600000009;",  # is another, or a slip
        "Ghita Berrada;Khémisset;0600000004;",  # has Fatima's phone
        ";Khémisset;;",
        "Hassan Fassi;Khémisset;;",
        "Amina Alaoui;Khémisset;0600000007;",
        "Idriss Amrani;Salé;;idriss@example.org",
        "Chafik Tazi;Salé;;",
    )
)


class Interrupted(Exception):
    """The worker was killed."""


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", {"sqlite": 2, "postgresql": 2})


@pytest.fixture
def before_each_batch(monkeypatch):
    """A function that sets what happens before the batch of a number, from 1 on."""
    happens, number = {}, 0

    def counted(database, work):
        nonlocal number
        number += 1
        happens.get(number, lambda: None)()
        return in_transaction(database, work)

    monkeypatch.setattr(importing, "in_transaction", counted)
    return happens


def an_event(database, slug="rabat-2025"):
    event = factories.an_event(database, slug)
    factories.a_delegation(database, event, "Khémisset", quota=3)
    factories.a_delegation(database, event, "Salé", quota=2)
    factories.a_category(database, event)
    register(database, event, BEFORE)
    return event


def register(database, event, text, **more):
    given = Importing(event, read_table(text.encode()))
    return import_list(database, given, KEYS, lambda: NOW, **more)


def people(database, event):
    wanted = (
        select(Participant, Delegation.name)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .where(Participant.event_id == event.id)
        .order_by(Participant.id)
    )
    with database.read() as session:
        return [
            (one.name, delegation, one.phone, one.email, one.standing, one.reserve_no)
            for one, delegation in session.execute(wanted)
        ]


def addresses(database, event):
    wanted = select(Message.address).where(Message.event_id == event.id).order_by(Message.address)
    with database.read() as session:
        return session.scalars(wanted).all()


def lines(database, event):
    wanted = select(Activity.details).where(
        Activity.event_id == event.id, Activity.action == "participants.import"
    )
    with database.read() as session:
        return session.scalars(wanted.order_by(Activity.id)).all()


def proposals(database, event):
    """Whom the lists would tell what, if somebody says so, and in how many messages to many."""
    wanted = (
        select(Participant.name, AnnouncementPerson.kind)
        .join(Participant, Participant.id == AnnouncementPerson.participant_id)
        .where(AnnouncementPerson.event_id == event.id)
        .order_by(Participant.id)
    )
    drafts = select(Announcement.state).where(Announcement.event_id == event.id)
    with database.read() as session:
        told = [tuple(row) for row in session.execute(wanted)]
        return told, session.scalars(drafts).all()


def outcome(database, event):
    return (
        people(database, event),
        addresses(database, event),
        lines(database, event),
        proposals(database, event),
    )


@pytest.fixture
def in_one(database, monkeypatch):
    """What becomes of another event for which the same list is one batch."""
    with monkeypatch.context() as patch:
        patch.setattr(importing, "BATCH", {"sqlite": 1000, "postgresql": 1000})
        event = an_event(database, "sale-2025")
        plan = register(database, event, LIST)
    return outcome(database, event), [(row.row_number, row.action, row.why) for row in plan.rows]


def test_the_list_of_these_tests_does_everything(in_one):
    (_people, _addresses, [_before, line], told), _rows = in_one

    # Idriss Amrani moves up once Bahia has left Salé, which his badge tells him.
    names = ("Bahia Idrissi", "Hassan Fassi", "Idriss Amrani")
    assert told == ([(name, "reserve") for name in names], ["draft"])
    assert line == {"add": 4, "change": 2, "skip": 2, "refuse": 4}


def test_batches_end_as_one_transaction_does(database, in_one, small_batches):
    event = an_event(database)

    plan = register(database, event, LIST)

    assert outcome(database, event) == in_one[0]
    assert [(row.row_number, row.action, row.why) for row in plan.rows] == in_one[1]


@pytest.mark.parametrize("killed_at", range(1, 9))
def test_a_list_that_was_interrupted_goes_on_exactly_where_it_was(
    database, in_one, small_batches, killed_at
):
    event, kept, batches = an_event(database), ImportStanding(), 0

    def record(session, standing):
        nonlocal kept, batches
        batches += 1
        if batches == killed_at:
            raise Interrupted  # before its commit: this batch is lost
        kept = standing

    with pytest.raises(Interrupted):
        register(database, event, LIST, record=record)
    assert lines(database, event)[1:] == ([kept.counts] if killed_at > 1 else [])
    register(database, event, LIST, standing=kept, record=record)

    assert outcome(database, event) == in_one[0]


def test_what_is_left_of_an_interrupted_list_are_its_refused_and_undecided_rows(
    database, small_batches
):
    event, table = an_event(database), read_table(LIST.encode())
    standings = []
    register(database, event, LIST, record=lambda _session, one: standings.append(one))

    left = [[row.number for row in one.left_of(table.rows)] for one in standings]

    assert left[0] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert left[5] == [3, 4, 7, 8, 9, 11]  # everybody is added, and the changes wait
    assert left[-1] == [7, 8, 9, 11]
    assert [one.done for one in standings][-2:] == [11, 12]


def test_each_batch_has_a_version_of_its_own_of_the_gate_list(database, small_batches):
    event = an_event(database)
    with database.read() as session:
        before = session.get_one(Event, event.id).list_version

    register(database, event, LIST)

    with database.read() as session:
        versions = session.scalars(
            select(Badge.list_version).where(Badge.list_version > before).distinct()
        ).all()
        last = session.get_one(Event, event.id).list_version
    assert len(versions) >= 4
    assert last - before == 8


def test_whoever_was_registered_between_two_batches_is_not_registered_again(
    database, small_batches, before_each_batch
):
    event = an_event(database)
    before_each_batch.clear()
    hassan = HEAD + "Hassan Fassi;Khémisset;0600000042;\n"
    # After the two batches of `an_event` come those of the list; Hassan is in its fifth.
    before_each_batch[4] = lambda: register_at_a_desk(database, event, hassan)

    plan = register(database, event, LIST)

    names = [name for name, *_ in people(database, event)]
    assert sorted(names) == sorted(set(names))
    assert plan.counts == {"add": 3, "change": 2, "skip": 3, "refuse": 4}


def register_at_a_desk(database, event, text):
    """Register by another process: in one batch, without what these tests count."""
    given = Importing(event, read_table(text.encode()))
    who = (database, given, KEYS, lambda: NOW, ImportStanding(), lambda _session, _standing: None)
    batches = importing._Batches(*who, ShortTurns(database, most=1000))
    known = batches._known([])
    ahead = known.ahead(given.table.rows)
    in_transaction(database, lambda s: batches._write(s, known, ahead, importing.Action.ADD, 0))


def test_without_learning_between_batches_somebody_is_registered_twice(
    database, small_batches, before_each_batch, monkeypatch
):
    """The control of the test above."""
    monkeypatch.setattr(importing, "learn_changes", lambda *_given: None)
    event = an_event(database)
    hassan = HEAD + "Hassan Fassi;Khémisset;0600000042;\n"
    before_each_batch[4] = lambda: register_at_a_desk(database, event, hassan)

    register(database, event, LIST)

    names = [name for name, *_ in people(database, event)]
    assert names.count("Hassan Fassi") == 2


def test_whoever_was_canceled_or_lost_their_badge_between_two_batches_is_seen_as_they_are(
    database, small_batches, before_each_batch
):
    event = an_event(database)
    with database.read() as session:
        chafik = session.scalars(select(Participant).where(Participant.name == "Chafik Tazi")).one()
    before_each_batch[4] = lambda: write(
        database, lambda s: cancel(s, s.get_one(Event, event.id), chafik.id, now=NOW)
    )

    plan = register(database, event, LIST)

    [row] = [row for row in plan.rows if row.row_number == 13]
    assert [problem.code for problem in row.why] == ["canceled"]


def test_two_imports_of_one_list_at_the_same_time_register_nobody_twice(
    database, in_one, small_batches
):
    event = an_event(database)

    race(2, lambda _at: register(database, event, LIST))

    found = people(database, event)
    assert sorted(one[:4] for one in found) == sorted(one[:4] for one in in_one[0][0])
    assert [one[4] for one in found].count("reserve") == [one[4] for one in in_one[0][0]].count(
        "reserve"
    )
