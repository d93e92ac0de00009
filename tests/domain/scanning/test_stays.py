"""The stays of one person out of the admissions that were counted for two."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.scanning.stays import Exit, Stay, stays_of_one_person
from tests.support.factories import NOW, minutes


def stay(number, since, until=None, *, entry_no=1, without_place=False):
    left = None if until is None else Exit(NOW + minutes(until), 100 + number)
    return Stay(number, NOW + minutes(since), entry_no, left, without_place)


def told(stays):
    """What each stay is: its number, its entry, and in which minute it ended."""
    return [
        (one.id, one.entry_no, one.left and round((one.left.at - NOW).total_seconds() / 60))
        for one in stays
    ]


def test_a_stay_that_begins_after_the_other_ended_is_a_further_entry():
    assert told(stays_of_one_person([stay(2, 10), stay(1, 0, 5)])) == [(1, 1, 5), (2, 2, None)]


def test_a_stay_that_begins_within_the_other_counts_no_more():
    assert told(stays_of_one_person([stay(1, 0), stay(2, 5)])) == [(1, 1, None), (2, None, None)]


def test_who_was_counted_out_by_either_has_left_at_the_later_exit():
    assert told(stays_of_one_person([stay(1, 0), stay(2, 5, 9)]))[0] == (1, 1, 9)
    assert told(stays_of_one_person([stay(1, 0, 7), stay(2, 5, 9)]))[0] == (1, 1, 9)
    assert told(stays_of_one_person([stay(1, 0, 7), stay(2, 5)]))[0] == (1, 1, 7)


def test_the_arrival_has_a_place_if_one_of_the_two_had():
    placeless = stay(1, 0, without_place=True)

    assert stays_of_one_person([placeless, stay(2, 5)])[0].without_place is False
    assert stays_of_one_person([placeless, stay(2, 5, without_place=True)])[0].without_place
    assert stays_of_one_person([stay(2, 5, entry_no=2)])[0].without_place is False


def test_what_counts_no_more_has_neither_an_end_nor_a_place():
    within = stay(2, 5, 9, without_place=True)

    assert stays_of_one_person([stay(1, 0), within])[1] == Stay(2, NOW + minutes(5), None)


def test_who_comes_in_as_the_other_record_leaves_begins_a_further_stay():
    placeless = [stay(1, 0, 5, without_place=True), stay(2, 5, without_place=True)]

    counted = stays_of_one_person(placeless)

    assert told(counted) == [(1, 1, 5), (2, 2, None)]
    assert [one.without_place for one in counted] == [True, False]


def test_of_two_admissions_at_one_moment_the_first_is_counted():
    assert told(stays_of_one_person([stay(2, 0), stay(1, 0)])) == [(1, 1, None), (2, None, None)]


def test_the_record_that_is_older_may_have_come_in_later():
    assert told(stays_of_one_person([stay(1, 10), stay(2, 0, 5)])) == [(2, 1, 5), (1, 2, None)]


def test_each_day_has_an_arrival_of_its_own():
    stays = [replace(stay(1, 900), day=2), stay(2, 0), replace(stay(3, 960), day=2)]

    assert told(stays_of_one_person(stays)) == [(2, 1, None), (1, 1, None), (3, None, None)]


#: when each begins, and how long it lasts; 0 for one that has not ended
_STAYS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), max_size=6)


@given(_STAYS)
def test_counted_stays_are_numbered_in_order_and_do_not_overlap(spans):
    stays = [
        stay(number, since, since + lasted if lasted else None)
        for number, (since, lasted) in enumerate(spans)
    ]

    result = stays_of_one_person(stays)

    counted = [one for one in result if one.entry_no is not None]
    assert sorted(one.id for one in result) == [one.id for one in stays]
    assert [one.entry_no for one in counted] == list(range(1, len(counted) + 1))
    for one, after in pairwise(counted):
        assert one.left is not None
        assert one.left.at <= after.at
    assert stays_of_one_person(counted) == counted
