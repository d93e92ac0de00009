"""What a device is shown by searches is counted in the database, for all nodes together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, ShownPerson
from checkin.domain.board.unusual import Unusual
from checkin.domain.people.searching import SearchRules
from checkin.domain.scanning.verdict import Source, Status
from checkin.services.board.unusual import UnusualDevice, unusual_devices
from checkin.services.gates import searching
from checkin.services.gates.searching import show_people
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.racing import race


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 20)


@pytest.fixture
def people(database, codes):
    """The ids of those whose codes these are, in the same order."""
    return list(range(1, len(codes) + 1))


def with_budget(device, budget):
    return replace(device, searching=SearchRules(budget=budget))


def show(database, device, people, at=NOW, granted_by=None):
    """Return whether these people may be shown."""
    refused = write(
        database,
        lambda s: show_people(s, device, people, letters=3, now=at, granted_by=granted_by),
    )
    return refused is None


def test_people_who_are_let_in_at_any_gate_are_given_back(database, event, device, codes, people):
    searching, other = with_budget(device, 2), factories.a_device(database, event, "Porte 2")

    shown = show(database, searching, people[:2])
    beyond = show(database, searching, people[2:3], NOW + minutes(1))
    factories.scan(database, other, codes[0], at=NOW + minutes(1))
    once_more = show(database, searching, people[2:3], NOW + minutes(3))

    assert (shown, beyond, once_more) == (True, False, True)


def test_an_entry_that_is_taken_back_or_late_counts_for_nothing(database, device, codes, people):
    searching = with_budget(device, 1)
    show(database, searching, people[:1])

    factories.scan(database, device, codes[0], at=NOW + minutes(3))

    assert not show(database, searching, people[1:2], NOW + minutes(4))


@pytest.mark.parametrize(
    "kept",
    [
        {"decided": Decided(Status.OK, None)},
        {"code": "", "badge_ref": True},
        {"received_at": NOW - minutes(1)},
        {"code": "", "participant_id": 1, "source": Source.SEARCH},
    ],
)
def test_only_a_live_scan_of_the_code_gives_back(database, device, codes, people, kept):
    """A device has every badge's reference, and the number of everybody whom it was shown."""
    searching = with_budget(device, 1)
    show(database, searching, people[:1])
    reading = factories.a_reading(codes[0], at=NOW + minutes(1))
    if "badge_ref" in kept:
        kept = kept | {"badge_ref": factories.ref_of(codes[0])}

    answer = factories.record(database, device, replace(reading, **kept))

    assert answer.status == Status.OK
    assert not show(database, searching, people[1:2], NOW + minutes(2))


def test_a_refused_search_counts_one_and_is_logged(database, device, people):
    """Else it would tell for nothing, at the end of a budget, that somebody is registered."""
    searching = with_budget(device, 3)
    show(database, searching, people[:2])

    refused = show(database, searching, people[2:4], NOW + minutes(1))
    nobody = show(database, searching, [], NOW + minutes(1))

    assert (refused, nobody) == (False, False)
    with database.read() as session:
        told = session.scalars(
            select(Activity.details)
            .where(Activity.action == "participant.search")
            .order_by(Activity.id)
        ).all()
    assert [line["found"] for line in told] == [people[:2], people[2:3], []]
    assert [line.get("refused", False) for line in told] == [False, True, True]


def test_devices_have_budgets_of_their_own_for_an_hour(database, event, device, people):
    one, two = (with_budget(of, 2) for of in (device, factories.a_device(database, event)))

    assert show(database, one, people[:2])
    assert show(database, two, people[:2])
    assert not show(database, one, people[2:4], NOW + minutes(59))
    assert show(database, one, people[2:4], NOW + minutes(60))


def test_a_supervisor_gives_as_many_again(database, device, people):
    searching, supervisor = with_budget(device, 2), factories.a_supervisor(database)
    show(database, searching, people[:2])

    granted = show(database, searching, people[2:4], NOW + minutes(1), granted_by=supervisor)

    assert granted
    assert not show(database, searching, people[4:5], NOW + minutes(2))
    with database.read() as session:
        line = session.scalars(
            select(Activity).where(Activity.action == "device.search_granted")
        ).one()
    assert (line.operator_id, line.device_id) == (supervisor, device.id)


def test_what_is_older_than_an_hour_is_forgotten(database, device, people):
    show(database, device, people[:5])
    show(database, device, people[5:6], NOW + timedelta(hours=1))

    with database.read() as session:
        kept = session.scalars(select(ShownPerson.participant_id)).all()
    assert kept == people[5:6]


def test_an_unusual_pace_is_on_the_board_and_once_in_the_log(database, event, device, people):
    searching = with_budget(device, 10)
    shown = [show(database, searching, people[at : at + 2], NOW) for at in range(0, 10, 2)]

    write(database, lambda s: setattr(s.merge(event), "search_budget_gate", 10))
    with database.read() as session:
        board = unusual_devices(session, event.id, NOW + minutes(1))
        later = unusual_devices(session, event.id, NOW + minutes(11))
    assert all(shown)
    assert board == (UnusualDevice("Laptop", "Porte 1", Unusual.SEARCHES, 10),)
    assert later == ()
    assert factories.noted(database, "device").count("device.search_unusual") == 1


def test_searches_at_the_same_time_stay_within_one_budget(database, device, people):
    searching = with_budget(device, 3)

    shown = race(8, lambda number: show(database, searching, people[number : number + 1]))

    assert sorted(shown) == [False] * 5 + [True] * 3


def test_without_the_lock_of_their_device_two_searches_spend_the_same_budget(
    postgres_database, monkeypatch
):
    """The control: both have counted before either has recorded whom it shows."""
    event = factories.an_event(postgres_database)
    device = with_budget(factories.a_device(postgres_database, event), 1)
    factories.badges(postgres_database, event, 2)
    both = Barrier(2)
    monkeypatch.setattr(searching, "_lock", lambda _session, _device: both.wait(60))
    counted = searching._spent

    def counts(*asked):
        spent = counted(*asked)
        both.wait(60)
        return spent

    monkeypatch.setattr(searching, "_spent", counts)

    shown = race(2, lambda number: show(postgres_database, device, [number + 1]))

    assert shown == [True, True]
