"""What the figures of an event are, and how those of its parts sum."""

from __future__ import annotations

import pytest

from checkin.domain.board.figures import (
    ArrivalGroup,
    Arrivals,
    Attendance,
    CategoryArrivals,
    Figures,
    arrivals_by,
    latest,
    share,
    together,
)
from tests.support.factories import NOW, minutes

TIFLET = Figures(
    quota=100,
    registered=80,
    waiting=7,
    arrived=50,
    arrived_reserve=4,
    arrived_canceled=2,
    others_with_place=5,
    without_place=1,
    inside=40,
    last_arrival_at=NOW,
)


def test_the_figures_of_a_delegation_follow_from_what_is_counted():
    assert (TIFLET.arrived_others, TIFLET.arrived_registered) == (6, 44)
    assert (TIFLET.missing, TIFLET.expected) == (36, 86)
    assert (TIFLET.percent, TIFLET.taken) == (55, 85)
    assert Figures().percent == 0


def test_the_interfaces_tell_these_figures():
    assert TIFLET.counts() == {
        "quota": 100,
        "registered": 80,
        "waiting": 7,
        "arrived": 50,
        "arrived_registered": 44,
        "arrived_reserve": 4,
        "arrived_canceled": 2,
        "arrived_others": 6,
        "missing": 36,
        "inside": 40,
        "without_place": 1,
    }


def test_the_figures_of_parts_are_added_and_the_last_arrival_is_the_latest():
    sale = Figures(*range(10, 19), last_arrival_at=NOW + minutes(1))

    assert together([TIFLET, sale, Figures()]) == Figures(
        *(110, 91, 19, 63, 18, 17, 21, 18, 58), last_arrival_at=NOW + minutes(1)
    )
    assert together([]) == Figures()
    assert (latest(None, NOW, NOW - minutes(1)), latest(None)) == (NOW, None)


def test_a_coordinator_sees_whom_an_organiser_has_to_check_as_they_seem_to_be():
    seen = TIFLET.with_unchecked(3, 2)

    assert (seen.registered, seen.waiting, seen.arrived) == (83, 9, 50)


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 0, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (4, 3, 133)]
)
def test_a_share_is_rounded_down(part, whole, percent):
    assert share(part, whole) == percent


def test_arrivals_sum_by_what_people_are_now():
    some = Arrivals(registered=5, reserve=3, canceled=1, overrides=2, walk_ins=4)

    assert some.all == 9
    assert some + some == Arrivals(10, 6, 2, 4, 8)
    assert Arrivals() == Arrivals(0, 0, 0, 0, 0)
    assert CategoryArrivals("Élu", None, 12, some).missing == 7


def test_of_all_days_people_are_counted_once_and_arrivals_each():
    came = Attendance(Arrivals(registered=6, reserve=2), (5, 4), registered=8)

    assert (came.arrivals, came.arrived_registered, came.missing, came.percent) == (9, 6, 2, 75)


def test_whose_data_are_erased_nobody_has_come_of_whom_it_is_known():
    erased = Attendance(None, (5, 4))

    assert (erased.arrivals, erased.arrived_registered, erased.missing) == (9, 0, 0)
    assert erased.percent == 0


def test_groups_of_arrivals_are_added_by_what_they_have_in_common():
    groups = [
        ArrivalGroup(delegation, 1, gate, NOW, Arrivals(registered=count))
        for delegation, gate, count in ((1, 7, 2), (1, 8, 3), (2, 7, 5))
    ]

    assert arrivals_by(groups, lambda group: group.delegation_id) == {
        1: Arrivals(registered=5),
        2: Arrivals(registered=5),
    }
    assert arrivals_by(groups, lambda group: group.gate_id) == {
        7: Arrivals(registered=7),
        8: Arrivals(registered=3),
    }
