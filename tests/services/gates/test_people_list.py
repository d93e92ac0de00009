"""Help desks hold the people of their event, sealed, and are lent the key while they are one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Bus, Device, Gate, Participant, ShownPerson
from checkin.domain.people.searching import BUDGET_LASTS
from checkin.errors import DeviceRevoked, NotAHelpDesk, SearchClosed, SearchNotAllowed
from checkin.protocol.sealed_pages import PageKeys
from checkin.services.gates.authentication import device_by_token
from checkin.services.gates.devices import (
    gate_named,
    open_pairing,
    pair_device,
    revoke_device,
)
from checkin.services.gates.gates import change_device, gates_to_go_to
from checkin.services.gates.people_list import PAGE_NUMBERS, PeoplePages, people_list, sealed_pages
from checkin.services.gates.searching import record_shown
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, write


@pytest.fixture
def token(database, event):
    return factories.a_new_device(database, event, help_desk=True).token


class Desk:
    """A help desk that reads its list."""

    def __init__(self, database, token):
        self.database = database
        self.device = device_by_token(database, token)
        self.pages = PeoplePages()

    def list(self, now=NOW):
        with self.database.read() as session:
            return people_list(session, self.device, KEYS, self.pages, now)

    def people(self):
        """Return everybody in the list."""
        told = self.list()
        with self.database.read() as session:
            marks = told.head["marks"]
            pages = sealed_pages(session, self.device, marks, KEYS, self.pages, NOW)
        opened = (PageKeys(told.key).open(page) for page in pages)
        return [person for page in opened for person in page]


@pytest.fixture
def desk(database, token):
    return Desk(database, token)


def change(database, event, device_id, operator_id, *, help_desk):
    who = {"operator_id": operator_id, "now": NOW}
    named = {"name": "Accueil", "gate_id": 1, "may_search": True, "help_desk": help_desk}
    write(database, lambda s: change_device(s, event, device_id, **named, **who))


def test_everybody_is_in_the_list_with_what_a_search_and_a_verdict_need(database, event, desk):
    amina = factories.a_participant(
        database, event, "Amina Alaoui", name_ar="أمينة العلوي", phone="+212612345678"
    )
    gone = factories.a_participant(database, event, "Driss Parti").participant_id
    write(database, lambda s: cancel(s, event, gone, now=NOW))

    first, second = desk.people()

    assert (second["participant"]["name"], second["standing"]) == ("Driss Parti", "canceled")
    ref = factories.ref_of(factories.code_of(event, amina.badge_id)).hex()
    assert first == {
        "participant": {
            "id": amina.participant_id,
            "name": "Amina Alaoui",
            "name_ar": "أمينة العلوي",
            "category": "Militant",
            "category_ar": None,
        },
        "delegation": {"id": 1, "name": "Khémisset", "name_ar": None, "quota": 1000},
        "standing": "confirmed",
        "blocked": False,
        "gates": [],
        "category_id": factories.a_category(database, event).id,
        "refs": [ref],
        "names": [],
        "email": None,
        "phone": "+212612345678",
        "bus": None,
    }


def test_the_list_tells_who_rides_in_which_bus_and_leads_it(database, event, desk):
    factories.a_full_bus(database, event, 2)
    with database.read() as session:
        bus = session.scalars(select(Bus)).one()

    leader, rider = (
        {key: one[key] for key in ("bus", "bus_id", "leads_bus")} for one in desk.people()
    )

    assert leader == {"bus": bus.name, "bus_id": bus.id, "leads_bus": True}
    assert rider == leader | {"leads_bus": False}


def test_whoever_is_to_be_checked_first_is_not_in_the_list(database, event, desk):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id

    def unchecked(session):
        cancel(session, event, person, now=NOW)
        session.get_one(Participant, person).unchecked_as = "confirmed"

    write(database, unchecked)

    assert desk.people() == []


def test_a_change_of_one_person_changes_one_page(database, event, desk):
    factories.badges(database, event, PAGE_NUMBERS + 20)
    before = desk.list().head["marks"]

    write(database, lambda s: cancel(s, event, 3, now=NOW))
    after = desk.list().head["marks"]

    assert (len(before), len(after), before[0] != after[0], before[1:]) == (2, 2, True, after[1:])


def test_a_device_that_is_no_help_desk_gets_no_key(database, event):
    desk = Desk(database, factories.a_new_device(database, event).token)

    with pytest.raises(NotAHelpDesk):
        desk.list()


def test_a_help_desk_that_may_not_search_gets_no_key(database, event):
    made = factories.a_new_device(database, event, help_desk=True, may_search=False)

    with pytest.raises(SearchNotAllowed):
        Desk(database, made.token).list()


def test_before_the_doors_open_a_help_desk_gets_no_key(database):
    closed = factories.an_event(database, "casablanca-2025", search_while_closed=False)
    desk = Desk(database, factories.a_new_device(database, closed, help_desk=True).token)

    with pytest.raises(SearchClosed):
        desk.list(NOW - timedelta(days=7))
    assert desk.list(NOW).head["search"]["closes_at"] is not None


def test_each_help_desk_has_a_key_of_its_own(database, event, desk):
    other = Desk(database, factories.a_new_device(database, event, help_desk=True).token)

    assert desk.list().key == desk.list().key != other.list().key


def test_a_key_that_was_taken_back_is_never_lent_again(database, event, token, desk):
    before, operator = desk.list().key, factories.a_supervisor(database)
    change(database, event, desk.device.id, operator, help_desk=False)
    with pytest.raises(NotAHelpDesk):
        Desk(database, token).list()

    change(database, event, desk.device.id, operator, help_desk=True)

    assert Desk(database, token).list().key != before


def test_revoking_a_help_desk_erases_what_its_key_is_made_of(database, event, token, desk):
    write(database, lambda s: revoke_device(s, event, desk.device.id, now=NOW))

    with pytest.raises(DeviceRevoked):
        device_by_token(database, token)
    with database.read() as session:
        assert session.scalars(select(Device.desk_salt)).all() == [None]


@pytest.mark.parametrize(
    ("asked", "at_the_gate", "is_one"),
    [
        (True, False, True),
        (None, True, True),
        (False, True, False),
        (None, False, False),
    ],
)
def test_a_pairing_says_whether_the_device_is_a_help_desk_or_else_its_gate(
    asked, at_the_gate, is_one, database, event
):
    def opened(session):
        gate = Gate(event_id=event.id, name="Accueil", folded="accueil", help_desk=at_the_gate)
        session.add(gate)
        session.flush()
        return open_pairing(session, event, gate, now=NOW, help_desk=asked)

    code = write(database, opened)
    made = pair_device(database, code=code, name="Laptop", software="tests", now=NOW)

    device = device_by_token(database, made.token)
    assert (device.is_help_desk, device.searching.budget) == (
        is_one,
        600 if is_one or at_the_gate else 60,
    )


def test_people_shown_without_the_network_count_from_when_they_were(database, event, desk):
    factories.badges(database, event, 4)
    shown = {
        1: NOW - timedelta(minutes=5),
        2: NOW + timedelta(minutes=5),
        3: NOW - BUDGET_LASTS * 2,
        999: NOW,
    }

    for _again in range(2):
        write(database, lambda s: record_shown(s, desk.device, shown, NOW))

    with database.read() as session:
        rows = session.execute(select(ShownPerson.participant_id, ShownPerson.shown_at)).all()
    assert dict(map(tuple, rows)) == {1: shown[1], 2: NOW}


def test_nobody_is_given_back_who_is_told_to_have_been_shown_earlier(database, event, desk):
    factories.badges(database, event, 1)
    almost_over = NOW - BUDGET_LASTS + timedelta(seconds=1)

    for told in (NOW, almost_over):
        write(database, lambda s, told=told: record_shown(s, desk.device, {1: told}, NOW))

    with database.read() as session:
        assert session.scalars(select(ShownPerson.shown_at)).all() == [NOW]


def test_no_refusal_sends_people_to_a_gate_that_was_made_for_a_help_desk(database, event):
    def work(session):
        for name, help_desk in (("Porte 1", False), ("Accueil", True)):
            gate_named(session, event, name, create=True, help_desk=help_desk)
        return [gate.name for gate in gates_to_go_to(session, event.id)]

    assert factories.write(database, work) == ["Porte 1"]
