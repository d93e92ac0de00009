"""Leases: places lent to devices count as taken, and cover what these admit by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from checkin.db.models import Admission, Conflict, Delegation, Lease, LeasePlace, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.domain.scanning.leases import LIFETIME
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import QuotaBelowPlacesTaken
from checkin.services.board.live_counts import live_counts
from checkin.services.gates.authentication import mark_seen
from checkin.services.gates.devices import revoke_device
from checkin.services.gates.leases import grant_lease, return_lease
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.registration import cancel
from checkin.services.scanning import lease_use
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.lending import keep_places, lend_before_anybody_waits

LET_IN = Decided(Status.OK, None)
LATER = NOW + LIFETIME + minutes(5)


def a_lease(database, device, now=NOW):
    return write(database, lambda session: grant_lease(session, device, now=now))


def places(lease):
    return {lent.name: lent.places for lent in lease.delegations}


def devices_in_touch(database, event, count, now=NOW):
    found = [factories.a_device(database, event, f"Porte {n}") for n in range(count)]
    for device in found:
        write(database, lambda session, of=device: mark_seen(session, of.id, now))
    return found


def let_in(database, device, lease, code, *, at=NOW, received_at=None):
    """Upload an admission that the device made by itself."""
    return factories.scan(
        database,
        device,
        code,
        at=at,
        received_at=received_at or at,
        decided=LET_IN,
        lease_id=lease and lease.lease_id,
    )


def told(answer):
    return (answer.status, answer.reason, answer.conflict)


ADMITTED = (Status.OK, None, False)
BLOCKED = {"blocked": True, "blocked_at": NOW, "blocked_reason": "test"}


def contradicted(reason):
    return (Status.ERROR, reason, True)


@dataclass
class Bus:
    """A delegation with six places, two of them confirmed, and people of its reserve list."""

    delegation: object
    confirmed: list[str]
    reserve: list[str]


@pytest.fixture(autouse=True)
def nobody_waited_when_it_was_granted(monkeypatch):
    """Who is on a reserve list here came later; else they would have got the places first."""
    lend_before_anybody_waits(monkeypatch)


@pytest.fixture
def bus(database, event):
    return a_bus(database, event)


def a_bus(database, event, quota=6, reserve=8):
    delegation = factories.a_delegation(database, event, "Tiflet", quota=2)
    codes = factories.badges(database, event, 2 + reserve, delegation=delegation)
    # Nobody moves up: the places are free and four people wait, as after walk-ins came late.
    write(database, lambda s: setattr(s.get_one(type(delegation), delegation.id), "quota", quota))
    keep_places(database, delegation.id, (quota - 2) // 2)
    return Bus(delegation, codes[:2], codes[2:])


def test_a_device_is_lent_its_share_of_the_free_places(database, event, device, bus):
    lease = a_lease(database, device)

    assert (places(lease), lease.hall) == ({"Tiflet": 2}, None)
    assert lease.expires_at == NOW + LIFETIME


def test_shares_shrink_with_the_number_of_active_devices(database, event, bus):
    silent, *devices = devices_in_touch(database, event, 4)
    revoked = devices.pop()
    write(database, lambda s: mark_seen(s, silent.id, NOW - minutes(11)))
    write(database, lambda s: revoke_device(s, event, revoked.id, now=NOW))

    lent = [places(a_lease(database, device))["Tiflet"] for device in devices]

    assert lent == [1, 1]


def test_renewing_replaces_the_lease_and_giving_it_back_frees_it(database, event, bus):
    one, other = devices_in_touch(database, event, 2)
    granted = [a_lease(database, one, NOW + minutes(turn)) for turn in range(3)]
    returned = write(database, lambda s: return_lease(s, one, now=NOW))

    assert [places(lease)["Tiflet"] for lease in granted] == [1, 1, 1]
    assert returned == granted[-1].lease_id
    assert write(database, lambda s: return_lease(s, one, now=NOW)) is None
    assert places(a_lease(database, other))["Tiflet"] == 1


def test_an_expired_lease_frees_its_places(database, event, device, bus):
    one, other = devices_in_touch(database, event, 2)
    a_lease(database, one)

    before, after = (a_lease(database, other, now) for now in (NOW, LATER))

    assert (places(before), places(after)) == ({"Tiflet": 1}, {"Tiflet": 2})


def test_places_of_confirmed_people_are_never_lent(database, event, device):
    factories.badges(
        database, event, 5, delegation=factories.a_delegation(database, event, quota=5)
    )

    assert places(a_lease(database, device)) == {"Khémisset": 0}


def test_inside_a_lease_people_of_the_reserve_list_are_admitted_until_it_is_used(
    database, event, device, bus
):
    lease = a_lease(database, device)

    answers = [told(let_in(database, device, lease, code)) for code in bus.reserve[:3]]

    assert answers == [ADMITTED, ADMITTED, contradicted(Reason.UNAPPROVED)]


def test_an_admission_uses_a_place_of_its_own_delegation_alone(database, event, device, bus):
    other = factories.a_delegation(database, event, "Rommani", quota=4)
    keep_places(database, other.id, 2)

    let_in(database, device, a_lease(database, device), bus.reserve[0])

    with database.read() as session:
        used = session.execute(select(LeasePlace.delegation_id, LeasePlace.used)).all()
    assert dict(map(tuple, used)) == {bus.delegation.id: 1, other.id: 0}


def test_places_lent_to_one_delegation_are_not_used_by_another(database, event, device):
    other = factories.a_delegation(database, event, "Rommani", quota=4)
    keep_places(database, other.id, 2)
    full = a_bus(database, event, quota=2)
    lease = a_lease(database, device)

    answer = let_in(database, device, lease, full.reserve[0])

    assert places(lease) == {"Tiflet": 0, "Rommani": 2}
    assert told(answer) == contradicted(Reason.UNAPPROVED)


def test_without_the_lease_or_with_another_device_s_it_is_a_conflict(database, event, device, bus):
    lease = a_lease(database, factories.a_device(database, event, "Porte 9"))

    answers = [
        told(let_in(database, device, named, code))
        for named, code in zip(
            [None, lease, replace(lease, lease_id=uuid4())], bus.reserve, strict=False
        )
    ]

    assert answers == [contradicted(Reason.UNAPPROVED)] * 3


def test_a_confirmed_person_uses_no_place_of_the_lease(database, event, device, bus):
    lease = a_lease(database, device)

    codes = [bus.confirmed[0], *bus.reserve[:2]]

    assert [told(let_in(database, device, lease, code)) for code in codes] == [ADMITTED] * 3


def test_a_scan_outside_the_lease_s_validity_is_not_covered_by_it(database, event, device, bus):
    lease = a_lease(database, device)
    moments = [NOW - minutes(1), lease.expires_at + minutes(1)]

    answers = [
        told(let_in(database, device, lease, code, at=at, received_at=LATER))
        for code, at in zip(bus.reserve, moments, strict=False)
    ]

    assert answers == [contradicted(Reason.UNAPPROVED)] * 2


def test_a_scan_after_the_lease_expired_is_no_conflict_while_places_are_free(
    database, event, device, bus
):
    lease = a_lease(database, device)

    answer = let_in(database, device, lease, bus.reserve[0], at=NOW, received_at=LATER)

    assert told(answer) == ADMITTED


def test_a_scan_after_the_lease_expired_may_use_the_last_free_place(database, event, device, bus):
    lease = a_lease(database, device)
    write(database, lambda s: setattr(s.get_one(Delegation, bus.delegation.id), "quota", 3))

    answers = [
        let_in(database, device, lease, code, at=NOW, received_at=LATER) for code in bus.reserve[:2]
    ]

    assert [told(one) for one in answers] == [ADMITTED, contradicted(Reason.UNAPPROVED)]


@pytest.mark.parametrize(("seconds", "counted"), [(-1, True), (0, False), (1, False)])
def test_a_lease_is_counted_until_the_moment_at_which_it_expires(seconds, counted):
    lease = SimpleNamespace(ended_at=None, expires_at=NOW)

    assert lease_use._is_counted(lease, NOW + timedelta(seconds=seconds)) is counted


def test_a_scan_after_the_lease_expired_without_free_places_is_counted_and_a_conflict(
    database, event, device, bus
):
    lease = a_lease(database, device)
    keep_places(database, bus.delegation.id, 0)
    write(database, lambda s: set_quota(s, event, bus.delegation.id, 2 + 4, now=LATER))  # moves up

    answer = let_in(database, device, lease, bus.reserve[7], at=NOW, received_at=LATER)

    with database.read() as session:
        assert session.scalars(select(Conflict.reason)).all() == ["unapproved"]
        assert live_counts(session, event.id, day=1).totals["arrived"] == 1
    assert told(answer) == contradicted(Reason.UNAPPROVED)


def test_places_used_of_an_earlier_lease_count_against_the_renewed_one(
    database, event, device, bus
):
    first = a_lease(database, device)
    second = a_lease(database, device, NOW + minutes(1))  # its answer came after all

    answers = [
        told(let_in(database, device, named, code, at=NOW + minutes(2)))
        for named, code in zip([first, first, second], bus.reserve, strict=False)
    ]

    assert answers == [ADMITTED, ADMITTED, contradicted(Reason.UNAPPROVED)]


def test_a_repeated_upload_uses_one_place(database, event, device, bus):
    lease, scan_id = a_lease(database, device), uuid4()
    same = {"decided": LET_IN, "lease_id": lease.lease_id, "scan_id": scan_id}

    for _ in range(3):
        factories.scan(database, device, bus.reserve[0], **same)

    assert told(let_in(database, device, lease, bus.reserve[1])) == ADMITTED


def test_places_lent_are_not_given_to_walk_ins(database, event, device):
    delegation = factories.a_delegation(database, event, quota=11)
    lease = a_lease(database, device)

    people = [
        factories.a_participant(database, event, f"Omar {n}", delegation=delegation).standing
        for n in range(11)
    ]

    assert places(lease) == {"Khémisset": 1}
    assert people == [RegistrationStatus.CONFIRMED] * 10 + [RegistrationStatus.RESERVE]


def test_places_lent_are_not_given_to_the_reserve_list_online(database):
    event = factories.an_event(database, reserve_from=NOW - minutes(60))
    bus, device = a_bus(database, event, quota=4), factories.a_device(database, event)
    lease = a_lease(database, device)
    other = factories.a_device(database, event, "Porte 2")

    online = [factories.scan(database, other, code).reason for code in bus.reserve[:5]]
    offline = told(let_in(database, device, lease, bus.reserve[5]))

    assert places(lease) == {"Tiflet": 1}
    assert online == [None] * 3 + [Reason.QUOTA_EXCEEDED] * 2
    assert offline == ADMITTED


def test_a_quota_is_not_lowered_below_the_lent_places(database, event, device, bus):
    a_lease(database, device)

    with pytest.raises(QuotaBelowPlacesTaken):
        write(database, lambda s: set_quota(s, event, bus.delegation.id, 3, now=NOW))


@pytest.mark.parametrize(("sits", "moved"), [(-1, 6 - 2 - 1), (0, 6 - 2)])
def test_a_place_used_by_an_admitted_reserve_person_goes_to_nobody_else(
    database, event, device, bus, sits, moved
):
    """Who sits on one and is first in the list gets that very place, and leaves no gap."""
    lease = a_lease(database, device)
    let_in(database, device, lease, bus.reserve[sits])
    write(database, lambda s: return_lease(s, device, now=NOW))
    keep_places(database, bus.delegation.id, 0)

    confirmed = write(database, lambda s: set_quota(s, event, bus.delegation.id, 6, now=NOW))

    assert len(confirmed) == moved


def test_canceling_after_the_arrival_frees_no_place(database, event, device):
    delegation = factories.a_delegation(database, event, quota=1)
    person = factories.a_participant(database, event, "Amina", delegation=delegation)
    factories.a_participant(database, event, "Omar", delegation=delegation)
    factories.scan(database, device, factories.code_of(event, person.badge_id))

    moved = write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))

    assert list(moved) == []


def test_seats_of_the_hall_are_lent_and_gates_online_do_not_use_them(database):
    event = factories.an_event(database, capacity=5)
    online, silent = devices_in_touch(database, event, 2)
    codes = factories.badges(database, event, 9)
    lease = a_lease(database, silent)

    answers = [factories.scan(database, online, code).reason for code in codes[:6]]
    offline = [told(let_in(database, silent, lease, code)) for code in codes[6:8]]

    full = Reason.CAPACITY_EXCEEDED
    assert (lease.hall, answers) == (1, [None] * 4 + [full] * 2)
    assert offline == [ADMITTED, contradicted(full)]


def test_a_person_admitted_over_the_capacity_uses_no_lent_seat(database):
    event = factories.an_event(database, capacity=4)
    online, silent = devices_in_touch(database, event, 2)
    codes = factories.badges(database, event, 6)
    lease = a_lease(database, silent)
    for code in codes[:3]:
        factories.scan(database, online, code)

    admitted_offline = let_in(database, online, None, codes[3])
    lent = let_in(database, silent, lease, codes[4])

    assert lease.hall == 1
    assert (told(admitted_offline), told(lent)) == (
        contradicted(Reason.CAPACITY_EXCEEDED),
        ADMITTED,
    )


def test_old_leases_are_deleted(database, event, device, bus):
    for days in (0, 1, 4):
        a_lease(database, device, NOW + minutes(days * 24 * 60))

    with database.read() as session:
        assert session.scalar(select(func.count(Lease.id))) == 2


def test_the_database_itself_lets_a_device_use_no_more_than_was_lent(database, device, bus):
    a_lease(database, device)
    place = update(LeasePlace).values(used=LeasePlace.places + 1)
    room = update(Lease).values(hall_used=1)

    for statement in (place, room):
        with pytest.raises(IntegrityError), database.write() as session:
            session.execute(statement)


def renewed(database, device, held, now):
    return write(database, lambda s: grant_lease(s, device, now=now, held=held and held.lease_id))


@dataclass
class LostAnswer:
    """A device with three places lent; it renews when more gates are there, and hears nothing."""

    device: object
    at_hand: object
    unheard: object


@pytest.fixture
def lost(database, event):
    bus = a_bus(database, event, quota=8)
    device = factories.a_device(database, event, "Porte 9")
    at_hand = a_lease(database, device)
    devices_in_touch(database, event, 4)
    unheard = renewed(database, device, at_hand, NOW + minutes(1))
    assert (places(at_hand), places(unheard)) == ({"Tiflet": 3}, {"Tiflet": 1})
    return bus, LostAnswer(device, at_hand, unheard)


def test_after_a_lost_renewal_the_places_of_both_leases_stay_reserved(database, event, lost):
    bus, lost = lost
    factories.a_participant(database, event, "Omar", delegation=bus.delegation)  # others move up

    answers = [
        told(let_in(database, lost.device, lost.at_hand, code, at=NOW + minutes(5)))
        for code in bus.reserve[3:7]
    ]

    with database.read() as session:
        assert session.get_one(Delegation, bus.delegation.id).places_taken == 2 + (6 - 3)
    assert answers == [ADMITTED] * 3 + [contradicted(Reason.UNAPPROVED)]


def test_an_older_lease_ends_when_its_device_names_a_newer_one(database, event, lost):
    bus, lost = lost
    at = NOW + minutes(2)

    renewed(database, lost.device, lost.unheard, at)

    free = factories.a_device(database, event, "Porte 8")
    write(database, lambda s: mark_seen(s, free.id, at))
    assert places(a_lease(database, free, at)) == {"Tiflet": 1}
    assert told(let_in(database, lost.device, lost.at_hand, bus.reserve[0], at=at)) == ADMITTED
    assert told(let_in(database, lost.device, lost.at_hand, bus.reserve[1], at=at)) == ADMITTED


def test_a_request_that_names_no_lease_or_somebody_else_s_ends_none(database, event, lost):
    _, lost = lost
    other = a_lease(database, factories.a_device(database, event, "Porte 8"))

    for held in (None, other, replace(other, lease_id=uuid4())):
        renewed(database, lost.device, held, NOW + minutes(2))

    with database.read() as session:
        left = session.scalars(
            select(Lease.id).where(Lease.device_id == lost.device.id, Lease.ended_at.is_(None))
        ).all()
    assert len(left) == 2 + 3


def test_returning_an_old_lease_does_not_end_a_newer_one(database, event, lost):
    _, lost = lost

    def give_back(lease_id):
        return write(database, lambda s: return_lease(s, lost.device, now=NOW, lease_id=lease_id))

    others = [uuid4(), a_lease(database, factories.a_device(database, event, "P 8")).lease_id]

    assert [give_back(lease_id) for lease_id in others] == [None, None]
    assert give_back(lost.at_hand.lease_id) == lost.at_hand.lease_id
    assert give_back(lost.at_hand.lease_id) is None
    assert give_back(lost.unheard.lease_id) == lost.unheard.lease_id


def test_an_admission_before_the_lease_was_returned_is_no_conflict_while_places_are_free(
    database, device, bus
):
    lease = a_lease(database, device)
    write(database, lambda s: return_lease(s, device, now=NOW + minutes(1)))

    late = let_in(database, device, lease, bus.reserve[0], received_at=NOW + minutes(2))

    assert told(late) == ADMITTED


def test_a_blocked_person_without_a_place_uses_none(database, event, device, bus):
    lease = a_lease(database, device)
    write(database, lambda s: s.execute(update(Participant).values(BLOCKED)))

    answers = [
        told(let_in(database, device, named, code))
        for named, code in zip(
            [None, lease, None], [*bus.reserve[:2], *bus.confirmed], strict=False
        )
    ]

    with database.read() as session:
        rows = session.scalars(select(Admission.without_place).order_by(Admission.id)).all()
        used = session.scalars(select(LeasePlace.used)).all()
    assert answers == [contradicted(Reason.BLOCKED)] * 3
    assert (rows, used) == ([True, False, False], [1])
