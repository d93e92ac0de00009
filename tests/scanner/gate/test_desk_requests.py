"""A help desk without the network finds people in its list, and lets them in by the same rules."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.domain.scanning.reasons import Reason
from scanner.core.errors import DeskLocked, ServerUnreachable
from scanner.core.scan import Kind
from scanner.gate.volunteer_requests import BusKey
from tests.scanner.gate.desks import DeskUnderTest


@pytest.fixture
def a_desk(tmp_path):
    made = []

    def make(**policy):
        made.append(DeskUnderTest(tmp_path / str(len(made)), **policy))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def desk(a_desk):
    return a_desk().open()


def test_who_is_found_is_told_apart_as_by_the_server(desk):
    [amina] = desk.requests.search("5678").people

    assert (amina.id, amina.name, amina.status, amina.bus) == (1, "Amina 1", "confirmed", "Car 3")
    assert (amina.phone_ending, amina.arrived_at) == ("78", None)


def test_who_is_let_in_is_kept_by_number_and_once(desk):
    first, again = desk.let_in("amina 1"), desk.let_in("amina 1")

    assert (first.kind, again.kind) == (Kind.PENDING, Kind.ALREADY)
    waiting = [one.scan.kept() for one in desk.spool.decided()]
    assert [(one["participant_id"], one["source"]) for one in waiting] == [(1, "search")] * 2
    assert "badge_ref" not in waiting[0]
    assert desk.requests.search("amina 1").people[0].arrived_at is not None


@pytest.mark.parametrize(
    ("name", "reason"), [("amina 2", Reason.CANCELED), ("amina 3", Reason.BLOCKED)]
)
def test_the_same_reasons_refuse_as_with_the_badge(name, reason, desk):
    assert desk.let_in(name).reason == reason


@pytest.mark.parametrize("without_badge", ["nobody", "supervisors"])
def test_nobody_is_let_in_without_a_badge_where_that_takes_a_pin_or_is_forbidden(
    without_badge, a_desk
):
    desk = a_desk(without_badge=without_badge).open()

    assert desk.let_in("amina 1").reason == Reason.BADGE_REQUIRED


def test_an_answer_that_was_lost_and_the_decision_here_are_one_scan(desk):
    [amina] = desk.requests.search("amina 1").people
    desk.link.online = True

    desk.requests.admit(amina, "entry")

    [sent], [kept] = desk.server.scans, desk.spool.decided()
    assert sent.scan_id == kept.scan.scan_id


def test_online_the_server_is_asked_and_whom_it_shows_counts_here_too(desk):
    desk.server.away, desk.link.online = False, True

    [amina] = desk.requests.search("amina").people
    verdict = desk.requests.admit(amina, "entry")

    shown = desk.people.shown
    assert (verdict.kind, desk.spool.decided()) == (Kind.ADMITTED, [])
    assert (len(shown.spent(datetime.now(UTC)).showings), shown.untold()) == (1, {})


def test_a_bus_is_found_by_its_leader_and_its_list_opens_with_who_came_in(desk):
    desk.let_in("amina 1")

    found = desk.requests.search("amina 1")
    opened = desk.requests.open_bus(BusKey(bus_id=found.buses[0].id))

    assert [(bus.name, bus.passengers) for bus in found.buses] == [("Car 3", 2)]
    people = [(one["participant"]["id"], one["arrived_at"] is not None) for one in opened["people"]]
    assert (opened["bus"], people) == ({"id": 3, "name": "Car 3"}, [(1, True), (3, False)])
    assert sorted(desk.people.shown.untold()) == [1, 3]


def test_a_supervisors_pin_for_a_bus_is_the_servers_to_check(desk):
    with pytest.raises(ServerUnreachable):
        desk.requests.open_bus(BusKey(bus_id=3), "482193")


def test_a_bus_that_nobody_of_the_list_rides_in_is_not_opened(desk):
    with pytest.raises(ServerUnreachable):
        desk.requests.open_bus(BusKey(bus_id=99))


def test_a_desk_that_was_started_without_the_network_says_that_its_list_is_locked(desk):
    desk.people.lock()

    with pytest.raises(DeskLocked):
        desk.requests.search("amina 1")


def test_a_device_that_is_no_help_desk_needs_the_server(a_desk):
    desk = a_desk()
    desk.people.is_one = False

    with pytest.raises(ServerUnreachable):
        desk.requests.search("amina 1")


def test_a_new_badge_needs_the_server(desk):
    [amina] = desk.requests.search("amina 1").people
    with pytest.raises(ServerUnreachable):
        desk.requests.replace_badge(amina)

    desk.server.away = False

    badge = desk.requests.replace_badge(amina)
    assert (badge.person, badge.issue, badge.pdf) == (amina, 2, b"%PDF")
