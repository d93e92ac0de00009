"""Whatever is cut, killed or put back in a hall, nothing is lost and everybody counts the same."""

from __future__ import annotations

import pytest

from tests.simulation.hall.afternoon import Hall
from tests.simulation.hall.checks import broken


def violations(hall, seeds) -> dict[int, list[str]]:
    """Return what broke, by seed."""
    found = {}
    for seed in seeds:
        with Hall(seed, hall) as afternoon:
            afternoon.play()
            if sentences := broken(afternoon):
                found[seed] = sentences
    return found


def test_the_invariants_hold_in_a_hall_for_the_given_seed(hall, request):
    seed = request.config.getoption("seed")

    assert violations(hall, [seed]) == {}


@pytest.mark.parametrize("first", range(0, 8, 4))
def test_a_hall_with_hubs_loses_nothing_and_counts_the_same_everywhere(hall, first):
    assert violations(hall, range(first, first + 4)) == {}


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_a_hall_with_hubs_loses_nothing_over_ten_thousand_afternoons(hall, hall_seeds):
    assert violations(hall, hall_seeds) == {}
