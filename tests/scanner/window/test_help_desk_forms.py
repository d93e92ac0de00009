"""The forms of a help desk's window: its own list without the network, and new badges."""

import contextlib
from dataclasses import replace

import pytest

from scanner.core.errors import NoPrinter
from scanner.gate.station import Station
from scanner.window.counter import Counter
from scanner.window.form import Purpose
from scanner.window.state import Screen
from tests.scanner.gate.desks import DeskUnderTest
from tests.scanner.window.live.volunteer import Volunteer


@pytest.fixture
def desk(tmp_path):
    desk = DeskUnderTest(tmp_path).open()
    yield desk
    desk.close()


@pytest.fixture
def told():
    return []


@pytest.fixture
def printed():
    return []


def untaken(_scan_id, _reason):
    raise AssertionError("no scan is taken back here")


@pytest.fixture
def volunteer(desk, told, printed):
    station = Station(desk.spool, told.append, tell=told.append)
    counter = Counter(
        *(desk.requests, station, told.append, told.append, desk.delivery.admit, untaken),
        print_badge=printed.append,
    )
    with contextlib.closing(counter.background_tasks):
        yield Volunteer(counter, Screen(language="fr", online=False), desk.delivery)


def online(volunteer, desk):
    volunteer.screen = replace(volunteer.screen, online=True)
    desk.server.away, desk.link.online = False, True
    return volunteer


def test_without_the_network_whoever_is_found_is_let_in_by_enter(volunteer, told):
    assert volunteer.open(Purpose.SEARCH).notice is None

    volunteer.type(*"amina 1", "enter").answered().type("enter").answered()

    (verdict,) = told
    assert (verdict.kind, verdict.participant["name"]) == ("pending", "Amina 1")
    assert volunteer.screen.form is None


def test_a_desk_whose_list_is_locked_says_so(volunteer, desk):
    desk.people.lock()

    volunteer.open(Purpose.SEARCH).type(*"amina", "enter").answered()

    assert volunteer.notice == "desk_locked"


def test_a_new_badge_is_printed_for_whoever_is_chosen(volunteer, desk, printed):
    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()

    volunteer.type("enter", "enter").answered()

    assert (volunteer.notice, printed, volunteer.screen.form) == ("badge_replaced", [b"%PDF"], None)
    assert desk.server.badges == [{"tell": False}]


@pytest.mark.parametrize(
    ("reaches", "said"), [(True, "badge_replaced_told"), (False, "badge_replaced_unreached")]
)
def test_a_message_brings_the_new_badge_too_where_the_second_line_is_chosen(
    volunteer, desk, printed, reaches, said
):
    desk.server.reaches = reaches
    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()

    volunteer.type("enter", "down", "enter").answered()

    assert (volunteer.notice, printed) == (said, [b"%PDF"])
    assert desk.server.badges == [{"tell": True}]


def test_escape_leaves_the_question_for_those_who_were_found_and_replaces_nothing(volunteer, desk):
    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()

    volunteer.type("enter")
    asked = volunteer.screen.form
    volunteer.type("escape")

    assert (asked.purpose, asked.marked) == (Purpose.NEW_BADGE, 0)
    form = volunteer.screen.form
    assert (form.purpose, [one.value.name for one in form.options]) == (Purpose.BADGE, ["Amina 1"])
    assert desk.server.badges == []


def test_a_pin_that_a_new_badge_takes_is_typed_beside_the_answer(volunteer, desk, printed):
    desk.server.pin = "246810"
    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()
    volunteer.type("enter", "down", "enter").answered()
    asked = volunteer.notice

    volunteer.type(*"246810", "enter").answered()

    assert (asked, volunteer.notice) == ("pin_for_badge", "badge_replaced_told")
    assert desk.server.badges == [{"tell": True, "supervisor_pin": "246810"}]
    assert printed == [b"%PDF"]


def test_no_bus_is_offered_where_a_badge_is_looked_for(volunteer, desk):
    desk.server.buses = [{"id": 1, "name": "Car 3", "delegation": "Salé", "passengers": 2}]

    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()

    assert [one.value.name for one in volunteer.screen.form.options] == ["Amina 1"]


def test_without_the_network_a_new_badge_is_refused_and_admitting_offered(volunteer, told):
    volunteer.open(Purpose.BADGE)

    assert (volunteer.notice, volunteer.screen.form.purpose) == ("badge_offline", Purpose.SEARCH)
    volunteer.type(*"amina 1", "enter").answered().type("enter").answered()
    assert [one.kind for one in told] == ["pending"]


def test_a_network_that_is_lost_at_a_new_badge_offers_admitting_with_what_was_found(
    volunteer, desk, told
):
    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()
    desk.server.away = True

    volunteer.type("enter", "enter").answered()
    offered = volunteer.notice
    volunteer.type("enter").answered()

    assert (offered, [one.kind for one in told]) == ("badge_offline", ["pending"])


def test_a_laptop_without_a_printer_says_what_became_of_the_badge(volunteer, desk):
    def refuse(_pdf):
        raise NoPrinter

    volunteer.counter._print_badge = refuse
    online(volunteer, desk).open(Purpose.BADGE).type(*"amina", "enter").answered()

    assert volunteer.type("enter", "enter").answered().notice == "no_printer"


def test_the_bus_of_a_leader_without_a_badge_is_offered_below_the_people(volunteer):
    volunteer.open(Purpose.SEARCH).type(*"amina 1", "enter").answered()

    options = volunteer.screen.form.options
    assert [type(option.value).__name__ for option in options] == ["Person", "FoundBus"]
    assert options[-1].value.passengers == 2


def test_a_device_that_is_no_help_desk_prints_no_badges(volunteer, desk):
    desk.people.wipe()
    desk.people.is_one = False

    assert volunteer.open(Purpose.BADGE).notice == "no_help_desk"
