"""Which of two records of one person is kept, and what becomes of their places."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from checkin.domain.people.merging import (
    COMPARED,
    Parting,
    Record,
    changes_by,
    filled_in,
    merge_of,
    parting_of,
)
from checkin.domain.scanning.facts import RegistrationStatus
from tests.support.factories import NOW, minutes

CONFIRMED, RESERVE, CANCELED = RegistrationStatus
ONE = Record(id=1, delegation_id=10, standing=CONFIRMED, reserve_no=None, registered_at=NOW)
TWO = replace(ONE, id=2, registered_at=NOW + minutes(1))
ELSEWHERE = replace(TWO, delegation_id=20)


def waiting(record, number=5):
    return replace(record, standing=RESERVE, reserve_no=number)


def canceled(record):
    return replace(record, standing=CANCELED)


def arrived(record, minute=0, **more):
    return replace(record, arrived_at=NOW + minutes(minute), **more)


@pytest.mark.parametrize(
    ("one", "two", "kept"),
    [
        (ONE, TWO, 1),
        (ONE, arrived(TWO), 2),
        (ONE, arrived(canceled(TWO)), 2),
        (waiting(ONE), TWO, 2),
        (canceled(ONE), waiting(TWO), 2),
        (arrived(waiting(ONE)), arrived(TWO, 9), 2),
        (arrived(ONE, 9), arrived(TWO), 1),
        (replace(ONE, registered_at=NOW + minutes(2)), TWO, 2),
        (ONE, replace(TWO, registered_at=NOW), 1),
    ],
)
def test_the_record_with_the_arrival_is_kept_then_the_better_then_the_older(one, two, kept):
    assert merge_of(one, two).kept.id == kept
    assert merge_of(two, one) == merge_of(one, two)


@pytest.mark.parametrize(
    ("one", "two", "standing", "number", "freed"),
    [
        (ONE, TWO, CONFIRMED, None, {10: 1}),
        (ONE, ELSEWHERE, CONFIRMED, None, {20: 1}),
        (ONE, canceled(ELSEWHERE), CONFIRMED, None, {}),
        (waiting(ONE, 9), waiting(TWO, 4), RESERVE, 4, {}),
        (waiting(ONE, 9), waiting(ELSEWHERE, 4), RESERVE, 9, {}),
        # who came in from the reserve list takes the other's place, and gives that one back
        (arrived(waiting(ONE)), TWO, CONFIRMED, None, {10: 1}),
        (arrived(waiting(ONE), without_place=True), TWO, CONFIRMED, None, {}),
        (arrived(canceled(ONE)), TWO, CONFIRMED, None, {10: 1}),
        (arrived(canceled(ONE), without_place=True), waiting(TWO, 4), RESERVE, 4, {}),
        (arrived(canceled(ONE)), canceled(TWO), CANCELED, None, {}),
        (arrived(waiting(ONE)), arrived(waiting(ELSEWHERE)), RESERVE, 5, {20: 1}),
        (arrived(ONE), arrived(ELSEWHERE), CONFIRMED, None, {20: 1}),
        # an arrival has a place if one of the two had
        (arrived(waiting(ONE)), arrived(waiting(TWO, 4), without_place=True), RESERVE, 4, {}),
    ],
)
def test_nobody_loses_a_place_of_their_delegation_and_no_place_is_kept_twice(
    one, two, standing, number, freed
):
    merge = merge_of(one, two)

    assert (merge.standing, merge.reserve_no, merge.freed) == (standing, number, freed)
    assert merge.frees_place == (merge.other.standing == CONFIRMED and not merge.passes_place)


def test_who_is_kept_takes_over_a_confirmed_place_that_is_the_other_record_s():
    assert merge_of(arrived(waiting(ONE)), TWO).passes_place
    assert not merge_of(ONE, TWO).passes_place
    assert not merge_of(waiting(ONE), waiting(TWO, 4)).passes_place
    assert not merge_of(ONE, TWO).registers_again


def test_a_canceled_record_with_the_arrival_is_registered_again_in_its_own_delegation():
    merge = merge_of(arrived(canceled(ONE)), ELSEWHERE)

    assert (merge.kept.id, merge.registers_again, merge.frees_place) == (1, True, True)
    assert not merge_of(canceled(ONE), canceled(ELSEWHERE)).registers_again


def test_who_is_inside_on_a_place_is_registered_again_rather_than_put_on_the_reserve_list():
    merge = merge_of(arrived(canceled(ONE)), waiting(TWO, 4))

    assert (merge.kept.id, merge.standing, merge.registers_again) == (1, CANCELED, True)
    assert (merge.reserve_no, merge.frees_place, merge.freed) == (None, False, {})
    assert not merge_of(arrived(canceled(ONE)), canceled(TWO)).registers_again


@pytest.mark.parametrize(
    ("now", "kept", "other", "free", "parting"),
    [
        (ONE, ONE, ELSEWHERE, 1, Parting()),
        (ONE, ONE, canceled(ELSEWHERE), 0, Parting()),
        (ONE, ONE, waiting(ELSEWHERE), -2, Parting()),
        (ONE, ONE, ELSEWHERE, 0, Parting(kept_returns=False, other_returns=False)),
        (ONE, ONE, arrived(ELSEWHERE), 0, Parting(False, False, False)),
        (ONE, ONE, arrived(waiting(ELSEWHERE), without_place=True), 0, Parting()),
        # the kept one gives the place back that it took over, and uses another by its arrival
        (arrived(ONE), arrived(waiting(ONE)), TWO, 0, Parting(False, False)),
        (arrived(ONE), arrived(waiting(ONE)), TWO, 1, Parting()),
        (arrived(ONE), arrived(waiting(ONE), without_place=True), TWO, 0, Parting()),
    ],
)
def test_a_merge_is_taken_back_with_the_places_that_are_free(now, kept, other, free, parting):
    assert parting_of(now, kept, other, free) == parting


def test_what_is_taken_back_returns_both_unless_it_is_said_otherwise():
    assert Parting() == Parting(kept_returns=True, other_returns=True, is_possible=True)


def participant(**known):
    return SimpleNamespace(**{one.column: None for one in COMPARED} | {"name": "Amina"} | known)


def test_what_only_the_other_record_tells_is_filled_in():
    kept, other = participant(email="a@x.ma"), participant(email="b@x.ma", phone="+212612345678")

    assert filled_in(kept, other) == {"phone"}


def test_a_merge_changes_what_is_chosen_of_the_other_record_and_differs():
    kept, other = participant(email="a@x.ma"), participant(email="b@x.ma", phone="+212612345678")

    assert changes_by(kept, other, {"email", "name", "note"}) == {"email": "b@x.ma"}
    assert changes_by(kept, other, ()) == {}
