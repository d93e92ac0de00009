"""Each guard that is taken out is noticed by the invariant that it guards."""

from __future__ import annotations

import contextlib

import pytest

from tests.simulation.checks import broken
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.world import World


@pytest.fixture
def seeds(request):
    """Seeds of this mutant's own: an event is made for each."""
    first = 100_000 + 1_000 * request.node.callspec.indices["mutant"]
    return range(first, first + 60)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_guard_that_is_gone_is_noticed(application, seeds, mutant: Mutant):
    with pytest.MonkeyPatch.context() as patch:
        mutant.plant(patch)
        assert any(_notices(World(seed, application), mutant) for seed in seeds)


def _notices(world: World, mutant: Mutant) -> bool:
    # A mutant may break more than its own invariant, or the run itself: only the first counts.
    with contextlib.suppress(AssertionError):
        world.play()
        return any(sentence.startswith(mutant.breaks) for sentence in broken(world))
    return False
