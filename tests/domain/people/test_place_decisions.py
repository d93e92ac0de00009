"""What a correction needs of a quota, and what the person is then."""

from __future__ import annotations

import pytest

from checkin.domain.people.place_decisions import (
    CANCELED,
    CONFIRMED,
    RESERVE,
    Arrival,
    Needs,
    PlaceDecision,
    moving,
    reinstating,
)

FREE, OWN, NOTHING = Needs.FREE_PLACE, Needs.OWN_PLACE, Needs.NOTHING


@pytest.mark.parametrize(
    ("arrival", "decided"),
    [
        (Arrival.NONE, PlaceDecision(FREE, CONFIRMED, RESERVE)),
        (Arrival.WITH_PLACE, PlaceDecision(OWN, CONFIRMED, None)),
        (Arrival.WITHOUT_PLACE, PlaceDecision(FREE, CONFIRMED, None)),
    ],
)
def test_who_has_arrived_is_registered_again_as_confirmed_or_not_at_all(arrival, decided):
    assert reinstating(arrival) == decided


@pytest.mark.parametrize("standing", [CONFIRMED, RESERVE])
@pytest.mark.parametrize(
    ("arrival", "otherwise"),
    [(Arrival.NONE, RESERVE), (Arrival.WITH_PLACE, None), (Arrival.WITHOUT_PLACE, None)],
)
def test_who_has_arrived_is_not_moved_to_a_reserve_list(standing, arrival, otherwise):
    assert moving(standing, arrival) == PlaceDecision(FREE, CONFIRMED, otherwise)


@pytest.mark.parametrize(
    ("arrival", "decided"),
    [
        (Arrival.NONE, PlaceDecision(NOTHING, CANCELED, CANCELED)),
        (Arrival.WITH_PLACE, PlaceDecision(FREE, CANCELED, None)),
        (Arrival.WITHOUT_PLACE, PlaceDecision(NOTHING, CANCELED, CANCELED)),
    ],
)
def test_a_canceled_person_who_is_moved_needs_only_the_place_that_they_use(arrival, decided):
    assert moving(CANCELED, arrival) == decided
