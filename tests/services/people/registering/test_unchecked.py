"""Whoever may be somebody of another delegation is to be checked, and nobody else learns it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import (
    Activity,
    Announcement,
    Badge,
    Delegation,
    Duplicate,
    Event,
    Message,
    Participant,
)
from checkin.domain.people.registration import Registration
from checkin.services.badges.issue import working_badge
from checkin.services.messages.recipients import reach_of
from checkin.services.messages.sending import begin, queue_batch
from checkin.services.people.arrivals import PartOfDelegation, people_of
from checkin.services.people.buses import riders_of
from checkin.services.people.figures import figures_of, figures_seen
from checkin.services.people.importing.import_plans import plan_table
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.people.registering.checking import people_to_check
from checkin.services.people.registering.registration import (
    RegistrationSource,
    cancel,
    confirm_checked,
    edit,
    register,
    reinstate,
)
from checkin.services.people.registering.unchecked import standing_seen
from checkin.services.people.reserve_list import events_to_move_up, move_up_everywhere
from checkin.services.people.search import search_participants
from checkin.services.scanning.merging import Wish, merge_records, take_merge_back
from checkin.services.spreadsheets.reading import read_table
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

PHONE = "+212612345678"
EMAIL = "zineb@example.org"


@pytest.fixture
def event(database):
    return factories.an_event(database)


@pytest.fixture
def sale(database, event):
    return factories.a_delegation(database, event, "Salé")


@pytest.fixture
def zineb(database, event, sale):
    """Somebody who is registered with another delegation."""
    return factories.a_participant(
        database, event, "Zineb Tazi", delegation=sale, phone=PHONE, email=EMAIL
    )


@pytest.fixture
def khemisset(database, event):
    return factories.a_delegation(database, event, quota=2)


def register_alone(database, event, delegation, name="Amina Alaoui", **told):
    """Register somebody as the delegation's coordinator does."""
    category = factories.a_category(database, event)
    return write(
        database,
        lambda session: register(
            session,
            event,
            Registration(name=name, delegation=delegation.name, **told),
            delegation_id=delegation.id,
            category_id=category.id,
            source=RegistrationSource.FORM,
            keys=KEYS,
            now=NOW,
            alone=True,
        ),
    )


def found(database, registered):
    with database.read() as session:
        return session.get_one(Participant, registered.participant_id)


def count(database, table, *where):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def figures(database, delegation, *, by_coordinator):
    with database.read() as session:
        return figures_seen(session, delegation, NOW, by_coordinator=by_coordinator)


@pytest.mark.parametrize("told", [{"phone": PHONE}, {"email": EMAIL}])
def test_a_collision_takes_no_place_gets_no_badge_and_no_message(
    told, database, event, zineb, khemisset
):
    registered = register_alone(database, event, khemisset, **told)

    assert (registered.badge_id, registered.standing, registered.reserve_no) == (
        None,
        "confirmed",
        None,
    )
    with database.read() as session:
        assert figures_of(session, khemisset, day=1).registered == 0
        assert working_badge(session, registered.participant_id) is None
        assert session.get_one(Delegation, khemisset.id).places_taken == 0
    assert count(database, Message, Message.participant_id == registered.participant_id) == 0


def test_its_coordinator_sees_it_as_any_newcomer(database, event, zineb, khemisset):
    collision = register_alone(database, event, khemisset, "Amina Alaoui", phone=PHONE)
    newcomer = register_alone(database, event, khemisset, "Bahia Idrissi", phone="+212600000001")

    people = [found(database, one) for one in (collision, newcomer)]
    seen = [standing_seen(one, by_coordinator=True) for one in people]
    shown, left = figures(database, khemisset, by_coordinator=True)
    with database.read() as session:
        missing = people_of(
            session, khemisset, PartOfDelegation.MISSING, day=1, by_coordinator=True
        ).people
        riders = riders_of(session, khemisset, bus_id=None, limit=9)
    assert seen[0] == seen[1]
    assert [one.badge_from for one in people] == [NOW + timedelta(minutes=10)] * 2
    assert (shown.registered, shown.missing, left) == (2, 2, 0)
    assert [one.person.id for one in missing] == [one.id for one in people]
    assert [one.participant.id for one in riders] == [one.id for one in people]


def test_organisers_see_it_apart_and_count_it_nowhere_else(database, event, zineb, khemisset):
    collision = register_alone(database, event, khemisset, phone=PHONE)

    shown, left = figures(database, khemisset, by_coordinator=False)
    with database.read() as session:
        [to_check] = people_to_check(session, event, page=1)
    assert standing_seen(found(database, collision), by_coordinator=False).to_check
    assert (shown.registered, left) == (0, 2)
    assert (to_check.person.id, [person.id for person, _ in to_check.alike]) == (
        collision.participant_id,
        [zineb.participant_id],
    )


def test_beyond_the_quota_a_collision_seems_to_wait_as_newcomers_do(
    database, event, zineb, khemisset
):
    for number in range(2):
        register_alone(database, event, khemisset, f"Militant {number}")
    newcomer = register_alone(database, event, khemisset, "Bahia Idrissi")

    collision = register_alone(database, event, khemisset, phone=PHONE)

    assert (newcomer.standing, newcomer.reserve_no) == ("reserve", 1)
    assert (collision.standing, collision.reserve_no) == ("reserve", 2)
    assert figures(database, khemisset, by_coordinator=True)[0].waiting == 2
    assert figures(database, khemisset, by_coordinator=False)[0].waiting == 1


def standings(database, *registered):
    """Return how a coordinator sees these people's standings."""
    people = [found(database, one) for one in registered]
    return [standing_seen(one, by_coordinator=True).standing for one in people]


@pytest.mark.parametrize("phone", [PHONE, "+212600000009"])
def test_it_takes_its_turn_on_the_reserve_list_as_a_newcomer_does(
    database, event, zineb, khemisset, phone
):
    first, second = [
        register_alone(database, event, khemisset, f"Militant {one}") for one in ("a", "b")
    ]
    waiting = register_alone(database, event, khemisset, phone=phone)
    behind = register_alone(database, event, khemisset, "Bahia Idrissi")

    seen = []
    for one in (first, second):
        write(database, lambda s, one=one: cancel(s, event, one.participant_id, now=NOW))
        write(database, lambda s: move_up_everywhere(s, event, NOW))
        seen.append(standings(database, waiting, behind))

    assert seen == [["confirmed", "reserve"], ["confirmed", "confirmed"]]
    with database.read() as session:
        assert list(events_to_move_up(session, NOW)) == []


def test_the_place_that_is_held_goes_to_whom_an_organiser_has_checked(
    database, event, zineb, khemisset
):
    first, _ = [register_alone(database, event, khemisset, f"Militant {x}") for x in ("a", "b")]
    waiting = register_alone(database, event, khemisset, phone=PHONE)
    behind = register_alone(database, event, khemisset, "Bahia Idrissi")
    write(database, lambda s: cancel(s, event, first.participant_id, now=NOW))

    number = waiting.participant_id
    write(database, lambda s: confirm_checked(s, event, number, keys=KEYS, now=NOW))

    assert [found(database, one).standing for one in (waiting, behind)] == ["confirmed", "reserve"]
    with database.read() as session:
        assert session.get_one(Delegation, khemisset.id).places_taken == 2


def test_canceled_it_gives_the_place_that_is_held_to_who_waits(database, event, zineb, khemisset):
    first, _ = [register_alone(database, event, khemisset, f"Militant {x}") for x in ("a", "b")]
    waiting = register_alone(database, event, khemisset, phone=PHONE)
    behind = register_alone(database, event, khemisset, "Bahia Idrissi")
    write(database, lambda s: cancel(s, event, first.participant_id, now=NOW))

    up = write(database, lambda s: cancel(s, event, waiting.participant_id, now=NOW))

    assert list(up) == [behind.participant_id]


@pytest.mark.parametrize("phone", [PHONE, "+212600000009"])
def test_a_list_proposes_to_tell_it_as_a_newcomer_that_it_waits(
    database, event, zineb, khemisset, phone
):
    for one in ("a", "b"):
        register_alone(database, event, khemisset, f"Militant {one}")
    text = f"name,phone,email\nAmina Alaoui,{phone},amina@example.org\n"
    table = read_table(text.encode(), "liste.csv", delegation_required=False)
    importing = Importing(event, table, khemisset, alone=True, withholds_badges=True)

    import_list(database, importing, KEYS, lambda: NOW)

    with database.read() as session:
        announcement = session.scalar(select(Announcement))
        before = reach_of(session, announcement)
    write(
        database,
        lambda s: begin(s, KEYS, event, announcement.id, endpoint="x", operator_id=None, now=NOW),
    )
    write(database, lambda s: queue_batch(s, event, announcement.id, after=0, most=9, now=NOW))
    with database.read() as session:
        after = reach_of(session, session.get_one(Announcement, announcement.id))
    assert (before.people, before.left, after.people, after.left) == (1, 1, 1, 0)


def test_no_device_finds_it_by_name(database, event, zineb, khemisset):
    register_alone(database, event, khemisset, phone=PHONE)

    with database.read() as session:
        assert search_participants(session, event.id, "amina").people == []


def test_another_person_is_confirmed_as_a_newcomer_with_a_badge(database, event, zineb, khemisset):
    collision = register_alone(database, event, khemisset, phone=PHONE, email="amina@example.org")

    def decide(session):
        return confirm_checked(session, event, collision.participant_id, keys=KEYS, now=NOW)

    standings = [write(database, decide) for _ in range(2)]

    person = found(database, collision)
    assert standings == ["confirmed", "confirmed"]
    assert (person.standing, person.unchecked_as, person.canceled_at) == ("confirmed", None, None)
    assert count(database, Badge, Badge.participant_id == person.id) == 1
    assert count(database, Message, Message.participant_id == person.id) == 1
    assert figures(database, khemisset, by_coordinator=False)[0].registered == 1
    assert count(database, Activity, Activity.action == "participant.checked") == 1


def test_the_same_person_is_merged_and_can_be_parted_again(database, event, zineb, khemisset):
    collision = register_alone(database, event, khemisset, phone=PHONE)
    both = (zineb.participant_id, collision.participant_id)
    wish = Wish(zineb.participant_id, (), "la même personne")

    gone = write(
        database, lambda s: merge_records(s, event, *both, wish, operator_id=None, now=NOW)
    )
    with database.read() as session:
        merged = people_to_check(session, event, page=1)
    write(
        database,
        lambda s: take_merge_back(s, event, collision.participant_id, operator_id=None, now=NOW),
    )

    with database.read() as session:
        parted = people_to_check(session, event, page=1)
        registered = [figures_of(session, of, day=1).registered for of in (khemisset,)]
    assert (gone, merged) == (collision.participant_id, [])
    assert [one.person.id for one in parted] == [collision.participant_id]
    assert registered == [0]
    assert found(database, zineb).standing == "confirmed"


def test_canceled_and_registered_again_it_is_still_to_be_checked(database, event, zineb, khemisset):
    collision = register_alone(database, event, khemisset, phone=PHONE)

    write(database, lambda s: cancel(s, event, collision.participant_id, now=NOW))
    canceled = found(database, collision)
    again = write(database, lambda s: reinstate(s, event, collision.participant_id, now=NOW))

    assert standing_seen(canceled, by_coordinator=True).standing == "canceled"
    assert not standing_seen(canceled, by_coordinator=False).to_check
    assert again == "confirmed"
    assert standing_seen(found(database, collision), by_coordinator=False).to_check
    assert figures(database, khemisset, by_coordinator=False)[0].registered == 0


def test_a_correction_asks_about_nobody_of_another_delegation(database, event, zineb, khemisset):
    amina = register_alone(database, event, khemisset)
    told = Registration(name="Amina Alaoui", delegation=khemisset.name, phone=PHONE)
    category = factories.a_category(database, event)

    changed = write(
        database,
        lambda s: edit(
            s, event, amina.participant_id, told, category_id=category.id, now=NOW, alone=True
        ),
    )

    assert changed == {"phone"}
    assert noted(database) == [(amina.participant_id, zineb.participant_id, "phone")]


def test_a_list_that_gives_somebody_another_one_s_telephone_is_noted_for_organisers(
    database, event, zineb, khemisset
):
    amina = register_alone(database, event, khemisset, email="amina@example.org")
    text = f"name,phone,email\nAmina Alaoui,{PHONE},amina@example.org\n"
    table = read_table(text.encode(), "liste.csv", delegation_required=False)
    importing = Importing(event, table, khemisset, alone=True, withholds_badges=True)

    import_list(database, importing, KEYS, lambda: NOW)

    assert found(database, amina).phone == PHONE
    assert noted(database) == [(amina.participant_id, zineb.participant_id, "phone")]


def noted(database):
    """Return who may be whom, and by what, as organisers are told."""
    with database.read() as session:
        rows = session.scalars(select(Duplicate)).all()
    return [(one.participant_id, one.twin_id, one.same) for one in rows]


def test_a_list_tells_no_collision_from_a_newcomer(database, event, zineb, khemisset):
    factories.a_category(database, event)
    text = f"name,phone\nAmina Alaoui,{PHONE}\nBahia Idrissi,+212600000001\n"
    table = read_table(text.encode(), "liste.csv", delegation_required=False)
    importing = Importing(event, table, khemisset, alone=True, withholds_badges=True)
    alone = {"now": NOW, "delegation": khemisset, "alone": True}

    with database.read() as session:
        planned = plan_table(session, event, table, **alone).counts
    import_list(database, importing, KEYS, lambda: NOW)
    with database.read() as session:
        again = plan_table(session, event, table, **alone).counts
        registered = figures_of(session, khemisset, day=1).registered

    assert planned == {"add": 2, "change": 0, "skip": 0, "refuse": 0}
    assert again == {"add": 0, "change": 0, "skip": 2, "refuse": 0}
    assert registered == 1
    assert figures(database, khemisset, by_coordinator=True)[0].registered == 2


def test_a_badge_that_is_withheld_is_mailed_later(database, event, khemisset):
    write(database, lambda s: s.execute(update(Event).values(badge_delay_s=300)))
    with database.read() as session:
        now_so = session.get_one(Event, event.id)
    register_alone(database, now_so, khemisset, email="amina@example.org")

    with database.read() as session:
        [due] = session.scalars(select(Message.next_try_at)).all()
    assert due == NOW + timedelta(minutes=5)
