"""Shares of the free places, and the verdict on a lent place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.scanning.facts import EntryPolicy, RegistrationStatus, ScanFacts
from checkin.domain.scanning.leases import (
    CLOCK_ERROR,
    LIFETIME,
    Loan,
    hub_share,
    in_life,
    pool,
    share,
    share_of_pool,
    with_loan,
)
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Admitted, Refused, decide

NOW = datetime(2025, 6, 14, 14, 30, tzinfo=UTC)
WAITING = ScanFacts(standing=RegistrationStatus.RESERVE, places_used=5, quota=5)
CONFIRMED, RESERVE, CANCELED = RegistrationStatus


@pytest.mark.parametrize(
    ("free", "kept", "may_lend", "is_open", "places"),
    [
        (990, None, True, False, 0),  # before the doors open, devices change nothing
        (990, None, True, True, 99),
        (9, None, True, True, 0),  # at most a tenth
        (-3, None, True, True, 0),
        (990, None, False, True, 0),  # somebody waits
        (990, 50, True, False, 50),
        (30, 50, True, True, 30),
        (-3, 50, True, True, 0),
        (990, 50, False, True, 0),
        (990, 0, True, True, 0),  # the organiser keeps none, ever
    ],
)
def test_gates_are_lent_what_is_kept_or_a_tenth_of_what_is_free(
    free, kept, may_lend, is_open, places
):
    assert pool(free, kept=kept, may_lend=may_lend, is_open=is_open) == places


def test_each_device_is_lent_as_many_places_of_the_pool():
    assert [share_of_pool(12, 0, devices) for devices in (0, 1, 3, 4, 5)] == [12, 12, 4, 3, 3]


def test_no_more_than_the_pool_is_lent_whoever_asks_when():
    lent = []
    for _ in range(5):
        lent.append(share_of_pool(7, sum(lent), 5))

    assert lent == [2, 2, 2, 1, 0]
    assert share_of_pool(7, 9, 5) == 0  # more is lent still than is kept now


def test_each_device_is_lent_one_share_and_one_share_is_not_lent():
    assert [share(10, devices) for devices in (1, 2, 4, 9, 10)] == [5, 3, 2, 1, 0]


def test_nothing_is_lent_where_nothing_is_free():
    assert [share(free, 1) for free in (-3, 0, 1)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("free", "hubs", "gates_online", "room"),
    [
        (10, 2, False, 5),
        (10, 2, True, 3),  # the gates online keep as much as a hub
        (10, 1, False, 10),
        (10, 0, False, 10),
        (0, 1, False, 0),
        (-3, 1, False, 0),
    ],
)
def test_each_hub_is_lent_one_share_of_the_room_in_the_hall(free, hubs, gates_online, room):
    assert hub_share(free, hubs, gates_online=gates_online) == room


@given(
    places=st.integers(0, 5000),
    renewals=st.lists(st.integers(0, 15), max_size=80),
    used=st.lists(st.integers(0, 20), max_size=80),
)
def test_shares_never_exceed_what_is_free_whoever_renews_in_whatever_order(places, renewals, used):
    free, held = places, dict.fromkeys(range(16), 0)
    for device, admitted in zip(renewals, used, strict=False):
        free += held[device] - min(admitted, held[device])  # what it used is gone for good
        places -= min(admitted, held[device])
        held[device] = share(free, len(held))
        free -= held[device]
        assert free >= held[device]  # the gates online keep as much as any device
        assert free + sum(held.values()) == places


def test_a_lease_lives_from_its_grant_to_its_end_give_or_take_the_way_of_a_message():
    ends, late = NOW + LIFETIME, CLOCK_ERROR + timedelta(seconds=1)
    moments = [NOW - late, NOW - CLOCK_ERROR, NOW, ends, ends + CLOCK_ERROR, ends + late]

    alive = [in_life(at, NOW, ends) for at in moments]

    assert alive == [False, True, True, True, True, False]


def test_a_lent_place_admits_somebody_of_the_reserve_list_before_any_is_released():
    full = decide(WAITING, NOW, EntryPolicy())
    lent = decide(with_loan(WAITING, Loan(place=True, place_held=True)), NOW, EntryPolicy())

    assert (full, lent) == (Refused(Reason.UNAPPROVED), Admitted(entry_no=1))


@pytest.mark.parametrize(
    ("standing", "loan", "changed"),
    [
        (RESERVE, Loan(), {}),
        (RESERVE, Loan(place=True), {"standing": CONFIRMED}),
        (RESERVE, Loan(place=True, place_held=True), {"standing": CONFIRMED, "places_used": 4}),
        (RESERVE, Loan(hall_held=True), {"hall_inside": 0}),
        (CONFIRMED, Loan(place=True, place_held=True), {"places_used": 4}),
        (CANCELED, Loan(place=True), {}),
    ],
)
def test_a_loan_changes_only_what_it_lends(standing, loan, changed):
    facts = ScanFacts(standing=standing, places_used=5, quota=5, hall_inside=9)

    assert with_loan(facts, loan) == replace(facts, **changed)


def test_a_lent_place_opens_to_no_one_who_may_not_come_at_all():
    loan = Loan(place=True, place_held=True)
    facts = [
        ScanFacts(badge_revoked=True, standing=RegistrationStatus.RESERVE),
        ScanFacts(standing=RegistrationStatus.CANCELED),
        ScanFacts(standing=RegistrationStatus.RESERVE, blocked=True),
        ScanFacts(standing=RegistrationStatus.RESERVE, entries=1),
    ]

    told = [decide(with_loan(one, loan), NOW, EntryPolicy()).reason for one in facts]

    reasons = [Reason.REVOKED, Reason.CANCELED, Reason.BLOCKED, Reason.ALREADY_REDEEMED]
    assert told == reasons


def test_a_seat_held_by_a_lease_admits_its_person_to_a_full_hall():
    facts, policy = ScanFacts(hall_inside=9, quota=20), EntryPolicy(capacity=9)

    told = [decide(with_loan(facts, Loan(hall_held=held)), NOW, policy) for held in (False, True)]

    assert told == [Refused(Reason.CAPACITY_EXCEEDED), Admitted(entry_no=1)]
