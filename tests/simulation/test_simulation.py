"""Whatever goes wrong at the doors, the invariants hold: thousands of random afternoons.

A seed that fails replays exactly: `pytest tests/simulation -k "seed" --seed N`.
"""

from __future__ import annotations

import pytest

from tests.simulation.checks import broken
from tests.simulation.world import World


def violations(application, seeds) -> dict[int, list[str]]:
    """Return what broke, by seed."""
    found = {}
    for seed in seeds:
        world = World(seed, application)
        world.play()
        if sentences := broken(world):
            found[seed] = sentences
    return found


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_the_invariants_hold_after_an_afternoon_of_mishaps(application, first):
    assert violations(application, range(first, first + 25)) == {}


@pytest.mark.proof
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("first", range(1000, 11000, 500))
def test_the_invariants_hold_over_ten_thousand_afternoons(application, first):
    assert violations(application, range(first, first + 500)) == {}
