"""Changes of many people at once, each by the rules of a single one, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from checkin.db.models import Activity, Message, Participant
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.bulk_changes import BulkChange
from checkin.domain.people.selection import Selection
from checkin.errors import NotFound, PossibleDuplicate
from checkin.services.people.registering.registration import cancel
from checkin.services.selection.changes import (
    Doing,
    Wanted,
    change_one,
    foreseen,
    mark_of,
    note_begun,
    people_concerned,
)
from tests.support import factories
from tests.support.factories import NOW, minutes, write


@pytest.fixture
def sale(database, event):
    return factories.a_delegation(database, event, "Salé", quota=5)


@pytest.fixture
def people(database, event, device):
    """The ids of four people by name: one has an e-mail, one has arrived, one is canceled."""
    made = {
        "Amina": factories.a_participant(database, event, "Amina", email="amina@example.org"),
        "Bahia": factories.a_participant(database, event, "Bahia"),
        "Chafik": factories.a_participant(database, event, "Chafik"),
        "Driss": factories.a_participant(database, event, "Driss"),
    }
    factories.scan(database, device, factories.code_of(event, made["Bahia"].badge_id))
    ids = {name: one.participant_id for name, one in made.items()}
    write(database, lambda s: cancel(s, event, ids["Driss"], now=NOW))
    return ids


def seen(database, event, change, target=None, seen_at=None, **filters):
    wanted = Wanted(change=change, selection=Selection(**filters), target=target, seen_at=seen_at)
    with database.read() as session:
        found = foreseen(session, event, wanted)
        return found, [person.name for person in found.first]


def concerned(database, event, change, target=None):
    wanted = Wanted(change=change, selection=Selection(), target=target)
    with database.read() as session:
        return list(people_concerned(session, event, wanted))


def doing(change, target=None, *, own=None, is_told=True):
    return Doing(
        change=change,
        target=target,
        operator_id=None,
        own_delegation=own,
        is_told=is_told,
        asked_at=NOW,
    )


def do(database, event, number, how, now=NOW):
    return write(database, lambda s: change_one(s, event, number, how, now))


def now_of(database, number):
    with database.read() as session:
        return session.get_one(Participant, number)


def kinds_of_mail(database, number):
    with database.read() as session:
        kinds = select(Message.kind).where(Message.participant_id == number).order_by(Message.id)
        return list(session.scalars(kinds))


def test_what_a_change_would_do_is_counted_before(database, event, people, sale):
    canceling, names = seen(database, event, BulkChange.CANCEL)
    assert (names, canceling.others) == (["Amina", "Bahia", "Chafik"], 1)
    assert (canceling.arrived, canceling.by_mail) == (1, 1)
    assert concerned(database, event, BulkChange.CANCEL) == [people[name] for name in names]

    moving, names = seen(database, event, BulkChange.MOVE, sale.id)
    assert (names, moving.others) == (["Amina", "Bahia", "Chafik", "Driss"], 0)
    assert seen(database, event, BulkChange.MOVE, sale.id, delegation=sale.id)[0].people == 0

    category = factories.a_category(database, event)
    assert seen(database, event, BulkChange.CATEGORY, category.id)[1] == []
    assert seen(database, event, BulkChange.PRINT)[1] == ["Amina", "Bahia", "Chafik"]


def test_who_has_a_message_waiting_is_sent_no_second_one(database, event, people):
    assert seen(database, event, BulkChange.RESEND)[1] == []

    write(database, lambda s: s.execute(update(Message).values(state="bounced")))

    assert seen(database, event, BulkChange.RESEND)[1] == ["Amina"]


def test_the_mark_tells_other_people_apart(database, event, people):
    before, _names = seen(database, event, BulkChange.CANCEL)
    assert seen(database, event, BulkChange.CANCEL)[0].mark == before.mark
    do(database, event, people["Amina"], doing(BulkChange.CANCEL))

    assert seen(database, event, BulkChange.CANCEL)[0].mark != before.mark


def test_the_mark_that_the_database_adds_up_is_that_of_the_people(database, event, people, sale):
    targets = {
        BulkChange.MOVE: sale.id,
        BulkChange.CATEGORY: factories.a_category(database, event).id,
    }
    for change in BulkChange:
        ids = concerned(database, event, change, targets.get(change))
        found = seen(database, event, change, targets.get(change))[0]
        assert (found.people, found.mark) == (len(ids), mark_of(ids))


def test_the_mark_is_added_up_for_large_numbers_too(postgres_database):
    """PostgreSQL keeps ids in four bytes, and their squares need more."""
    event = factories.an_event(postgres_database)
    factories.a_delegation(postgres_database, event)
    large = "SELECT setval(pg_get_serial_sequence('participant', 'id'), 2000000000)"
    write(postgres_database, lambda session: session.execute(text(large)))
    number = factories.a_participant(postgres_database, event, "Ghita").participant_id

    found = seen(postgres_database, event, BulkChange.CANCEL)[0]
    assert (number, found.mark) == (2_000_000_001, mark_of([number]))


def test_the_mark_tells_who_was_replaced():
    assert mark_of([3, 1, 2]) == mark_of([1, 2, 3])
    others = {mark_of(ids) for ids in ([1, 2, 4], [1, 2], [1, 5, 6, 0], [1, 1, 4], [])}
    assert mark_of([1, 2, 3]) not in others


@pytest.mark.parametrize("change", [BulkChange.MOVE, BulkChange.CATEGORY])
def test_another_event_s_delegation_or_category_is_unknown(database, event, people, change):
    other = factories.an_event(database, "fes-2025")
    there = factories.a_delegation(database, other, "Fès")

    for target in (None, there.id + 999):
        with pytest.raises(NotFound):
            seen(database, event, change, target)


def test_canceling_tells_once_and_twice_is_as_good_as_once(database, event, people):
    number = people["Amina"]
    assert do(database, event, number, doing(BulkChange.CANCEL))
    do(database, event, number, doing(BulkChange.CANCEL))
    do(database, event, people["Bahia"], doing(BulkChange.CANCEL, is_told=False))

    assert now_of(database, number).standing == "canceled"
    assert kinds_of_mail(database, number) == ["badge", "canceled"]
    assert kinds_of_mail(database, people["Bahia"]) == []
    assert factories.noted(database, "participant").count("participant.cancel") == 3


def test_moving_takes_the_arrival_along_and_needs_a_place(database, event, people, sale):
    full = factories.a_delegation(database, event, "Rabat", quota=0)

    with pytest.raises(FieldProblem):
        do(database, event, people["Bahia"], doing(BulkChange.MOVE, full.id))
    assert now_of(database, people["Bahia"]).delegation_id != full.id

    do(database, event, people["Bahia"], doing(BulkChange.MOVE, sale.id))
    do(database, event, people["Chafik"], doing(BulkChange.MOVE, full.id))
    bahia, chafik = now_of(database, people["Bahia"]), now_of(database, people["Chafik"])
    assert (bahia.delegation_id, bahia.standing) == (sale.id, "confirmed")
    assert (chafik.delegation_id, chafik.standing) == (full.id, "reserve")


def test_who_may_be_somebody_there_is_left(database, event, people, sale):
    factories.a_participant(database, event, "Amina", delegation=sale)

    with pytest.raises(PossibleDuplicate):
        do(database, event, people["Amina"], doing(BulkChange.MOVE, sale.id))


def test_a_category_is_changed_and_nothing_else(database, event, people):
    official = factories.a_category(database, event, "Élu")
    before = now_of(database, people["Amina"])

    do(database, event, people["Amina"], doing(BulkChange.CATEGORY, official.id))

    after = now_of(database, people["Amina"])
    assert after.category_id == official.id
    same = ("name", "email", "phone", "language", "note", "flags", "no_mail", "delegation_id")
    assert [getattr(after, one) for one in same] == [getattr(before, one) for one in same]
    assert kinds_of_mail(database, people["Amina"]) == ["badge"]


def test_a_badge_is_sent_again_once_however_often_the_job_begins(database, event, people):
    write(database, lambda s: s.execute(update(Message).values(state="sent")))
    later = NOW + minutes(1)
    how = doing(BulkChange.RESEND)
    how = Doing(**{name: getattr(how, name) for name in how.__slots__} | {"asked_at": later})

    for _attempt in range(2):
        do(database, event, people["Amina"], how, later)
        write(database, lambda s: s.execute(update(Message).values(state="sent")))

    assert kinds_of_mail(database, people["Amina"]) == ["badge", "badge"]


def test_a_coordinator_changes_nobody_of_another_delegation(database, event, people, sale):
    with pytest.raises(NotFound):
        do(database, event, people["Amina"], doing(BulkChange.CANCEL, own=sale.id))


def test_the_log_says_what_was_begun_with_how_many(database, event, people, sale):
    official = factories.a_category(database, event, "Élu")
    targets = {BulkChange.MOVE: sale.id, BulkChange.CATEGORY: official.id}

    def work(session):
        for change in BulkChange:
            wanted = Wanted(change=change, selection=Selection(), target=targets.get(change))
            note_begun(session, event, wanted, 143, operator_id=None, now=NOW)

    write(database, work)

    with database.read() as session:
        lines = session.scalars(select(Activity).order_by(Activity.id.desc()).limit(5)).all()
    assert [(one.action, one.details["people"]) for one in reversed(lines)] == [
        (f"participants.{change}", 143) for change in BulkChange
    ]
