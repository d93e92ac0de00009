"""The facts that decide a scan: what is read of a badge, and when a lock is taken first."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import update

from checkin.db.engine import in_shortest_transaction
from checkin.db.models import ArrivalTally, GateCategory
from checkin.domain.scanning.facts import Direction, EntryPolicy, Reentry, ScanFacts
from checkin.domain.scanning.verdict import Status
from checkin.protocol.codes import parse_code, token_hash
from checkin.services.gates.leases import grant_lease
from checkin.services.scanning import facts as module
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.facts import Holder, Place, ScanName, Stay, scan_facts, scarce
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.lending import keep_places

EXIT = Direction.EXIT


def told_facts(database, device, code, *, direction=Direction.ENTRY, forced=False, **more):
    token = parse_code(code)
    return in_shortest_transaction(
        database,
        lambda connection: scan_facts(
            connection,
            device,
            ScanName("token_hash", token_hash(token)) if token else None,
            direction=direction,
            forced=forced,
            now=NOW,
            at=NOW,
            **more,
        ),
    )


def facts_of(database, device, code, **more):
    """The facts of a scan without whose hours it goes by, and the badge's holder."""
    facts, holder = told_facts(database, device, code, **more)
    return replace(facts, gate_id=None, category_id=None), holder


def test_the_facts_tell_by_whose_hours_a_scan_goes(database, event, device):
    category = factories.a_category(database, event)

    facts, _holder = told_facts(database, device, factories.a_badge(database, event))

    assert (facts.gate_id, facts.category_id) == (device.gate_id, category.id)


@pytest.fixture
def open_event(database):
    """An event with a capacity, which people may leave and enter again."""
    return factories.an_event(database, reentry=Reentry.AFTER_EXIT, capacity=1000, reserve_from=NOW)


def test_a_badge_that_was_never_scanned(database, event, device):
    registered = factories.a_participant(database, event, name_ar="أمينة العلوي")

    facts, holder = facts_of(database, device, factories.code_of(event, registered.badge_id))

    assert facts == ScanFacts(quota=1000)
    assert holder == Holder(
        badge_id=registered.badge_id,
        participant_id=registered.participant_id,
        name="Amina Alaoui",
        name_ar="أمينة العلوي",
        category="Militant",
        category_ar=None,
        delegation_id=factories.a_delegation(database, event).id,
        delegation="Khémisset",
        delegation_ar=None,
        arrived=0,
        quota=1000,
    )


def test_a_code_of_nobody(database, event, device):
    for code in ("no code", factories.code_of(event, uuid4())):
        assert facts_of(database, device, code) == (ScanFacts(known=False), None)


def test_somebody_who_came_back_and_is_inside(database, open_event):
    gates = [factories.a_device(database, open_event, f"Porte {number}") for number in (1, 2)]
    other = factories.a_delegation(database, open_event, "Tiflet", quota=50)
    code, friend = (factories.a_badge(database, open_event, name) for name in ("Amina", "Omar"))
    stranger = factories.a_badge(database, open_event, "Salma", delegation=other)
    for gate, one, ago, direction in (
        (gates[0], code, 50, Direction.ENTRY),
        (gates[0], code, 40, EXIT),
        (gates[1], code, 30, Direction.ENTRY),
        (gates[1], friend, 20, Direction.ENTRY),
        (gates[1], stranger, 10, Direction.ENTRY),
    ):
        factories.scan(database, gate, one, at=NOW - minutes(ago), direction=direction)

    facts, holder = facts_of(database, gates[0], code, direction=EXIT, forced=True)

    assert facts == ScanFacts(
        entries=2,
        inside=True,
        places_used=2,
        quota=1000,
        hall_inside=3,
        direction=EXIT,
        forced=True,
    )
    assert holder.arrived == 2
    assert holder.first == Place(NOW - minutes(50), gates[0].gate_id, "Porte 1")
    assert (type(holder.inside_since), holder.inside_since.at) == (Stay, NOW - minutes(30))


def test_after_its_entry_was_annulled_a_badge_is_as_if_never_scanned(database, event, device):
    code = factories.a_badge(database, event)
    entry = factories.scan(database, device, code)
    asked = {"event_id": event.id, "scan_id": entry.scan_id, "reason": "erreur", "now": NOW}
    write(database, lambda s: annul_scan(s, **asked, device_id=device.id))

    facts, holder = facts_of(database, device, code)

    assert facts == ScanFacts(quota=1000)
    assert (holder.arrived, holder.first, holder.inside_since) == (0, None, None)


def test_who_was_let_in_without_a_place_uses_none(database, open_event):
    gate = factories.a_device(database, open_event)
    tiflet = factories.a_delegation(database, open_event, "Tiflet", quota=1)
    amina, omar = factories.badges(database, open_event, 2, delegation=tiflet)
    factories.scan(database, gate, amina)
    factories.scan(database, gate, omar, decided=Decided(Status.OK, None))

    facts, holder = facts_of(database, gate, omar)

    assert (facts.places_used, facts.quota, facts.hall_inside) == (1, 1, 2)
    assert holder.arrived == 2


def test_what_is_lent_to_devices_counts_as_used(database, open_event):
    gate = factories.a_device(database, open_event)
    tiflet = factories.a_delegation(database, open_event, "Tiflet", quota=11)
    keep_places(database, tiflet.id, 5)
    code = factories.badges(database, open_event, 1, delegation=tiflet)[0]
    lease = write(database, lambda s: grant_lease(s, gate, now=NOW))

    facts, _ = facts_of(database, gate, code)

    assert [lent.places for lent in lease.delegations] == [5]
    assert (facts.places_used, facts.hall_inside) == (5, lease.hall)


def test_what_no_rule_asks_for_is_not_counted(database, event, device):
    code = factories.a_badge(database, event)
    factories.scan(database, device, code)
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=11)
    keep_places(database, tiflet.id, 5)
    reserve = factories.badges(database, event, 1, delegation=tiflet)[0]
    write(database, lambda s: grant_lease(s, device, now=NOW))

    hall_inside = facts_of(database, device, code)[0].hall_inside
    lent, named = (facts_of(database, device, reserve, leased=one)[0] for one in (False, True))

    assert (hall_inside, lent.places_used, named.places_used) == (0, 0, 5)


def test_a_gate_for_some_categories_admits_no_others(database, event):
    officials = factories.a_category(database, event, "Élu")
    of_officials, of_all = (factories.a_device(database, event, f"Porte {n}") for n in (1, 2))
    official = factories.a_badge(database, event, "Salma", category=officials)
    militant = factories.a_badge(database, event, "Omar")
    write(
        database,
        lambda s: s.add(
            GateCategory(gate_id=of_officials.gate_id, category_id=officials.id, event_id=event.id)
        ),
    )

    admitted = [
        facts_of(database, gate, code)[0].gate_admits
        for gate in (of_officials, of_all)
        for code in (official, militant)
    ]

    assert admitted == [True, False, True, True]


@pytest.fixture
def locks(monkeypatch):
    """The locks that are taken, in order; on SQLite the transaction itself is that lock."""
    taken = []
    monkeypatch.setattr(module, "lock_event", lambda *_: taken.append("event"))
    monkeypatch.setattr(module, "share_admissions", lambda *_: taken.append("share"))
    monkeypatch.setattr(module, "admit_alone", lambda *_: taken.append("alone"))
    return taken


@pytest.mark.parametrize(
    ("laid_down", "more", "taken"),
    [
        ({}, {}, []),
        ({"capacity": 1000}, {}, ["share"]),
        ({"capacity": 1}, {}, ["share", "alone"]),
        ({"capacity": 1}, {"direction": EXIT}, ["share"]),
        ({"capacity": 1}, {"leased": True}, ["event", "share", "alone"]),
        ({"capacity": 1000}, {"leased": True}, ["event", "share"]),
        ({}, {"leased": True}, ["event"]),
        ({"reserve_from": NOW}, {}, ["share"]),
    ],
)
def test_an_admission_goes_alone_where_the_last_places_are_concerned(
    laid_down, more, taken, database, locks
):
    event = factories.an_event(database, **laid_down)
    gate = factories.a_device(database, event)
    first, second = factories.badges(database, event, 2)
    factories.scan(database, gate, first)
    locks.clear()

    facts_of(database, gate, second, **more)

    assert locks == taken


def test_an_unknown_code_is_not_decided_alone(database, locks):
    event = factories.an_event(database, capacity=1)

    facts_of(database, factories.a_device(database, event), "no code")

    assert locks == ["share"]


def test_once_alone_the_facts_are_read_again(database, monkeypatch):
    event = factories.an_event(database, capacity=1)
    gate = factories.a_device(database, event)
    first, second = factories.badges(database, event, 2)
    factories.scan(database, gate, first)
    meanwhile = update(ArrivalTally).values(inside=0)
    monkeypatch.setattr(module, "admit_alone", lambda connection, _: connection.execute(meanwhile))

    facts, _ = facts_of(database, gate, second)

    assert facts.hall_inside == 0


#: admissions that may be under way at once
UNDER_WAY = 124


def row(*, hall_inside=0, standing="confirmed", quota=5000, arrived=0, without_place=0, lent=0):
    return SimpleNamespace(
        hall_inside=hall_inside,
        standing=standing,
        quota=quota,
        arrived=arrived,
        without_place=without_place,
        lent=lent,
        under_way=UNDER_WAY,
    )


HALL = EntryPolicy(capacity=1000)
RESERVE = EntryPolicy(reserve_from=NOW)
BOTH = EntryPolicy(capacity=1000, reserve_from=NOW)


@pytest.mark.parametrize(
    ("policy", "read", "near"),
    [
        (EntryPolicy(), row(standing="reserve", quota=0), False),
        (HALL, row(hall_inside=999 - UNDER_WAY), False),
        (HALL, row(hall_inside=1000 - UNDER_WAY), True),
        (HALL, row(hall_inside=1200), True),
        (RESERVE, row(), False),
        (RESERVE, row(standing="reserve"), True),
        (RESERVE, row(arrived=4999 - UNDER_WAY), False),
        (RESERVE, row(arrived=5000 - UNDER_WAY), True),
        (RESERVE, row(arrived=5000 - UNDER_WAY, without_place=1), False),
        (RESERVE, row(arrived=4990 - UNDER_WAY, lent=10), True),
        (RESERVE, row(arrived=4990 - UNDER_WAY, lent=9), False),
        (BOTH, row(hall_inside=1000 - UNDER_WAY), True),
        (BOTH, row(hall_inside=0), False),
        (BOTH, row(hall_inside=0, standing="reserve"), True),
    ],
)
def test_a_limit_is_near_where_admissions_at_once_could_exceed_it(policy, read, near):
    assert scarce(read, policy) is near
