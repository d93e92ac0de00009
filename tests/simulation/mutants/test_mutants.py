"""Each guard that is taken out is noticed by the invariant that it guards."""

from __future__ import annotations

import contextlib

import pytest

from scanner.offline import held_list
from tests.scanner.offline import test_held_list as lists
from tests.scanner.offline.lists import a_list
from tests.simulation.checks import broken
from tests.simulation.mutants.lease_mutants import DIRECTED
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.mutants.mutants import MUTANTS
from tests.simulation.mutants.newcomer_mutants import NEWCOMER_MUTANTS
from tests.simulation.world import World


def older_list_changes_nothing(held):
    lists.test_a_list_that_is_not_to_be_trusted_changes_nothing(held, a_list(cursor=4), "older")


@pytest.fixture
def seeds(request):
    """Return the seeds that are tried for this mutant, some of which need a rare situation."""
    call = request.node.callspec
    first = 100_000 + 1_000 * call.indices["mutant"] + call.params["mutant"].passed_over
    return range(first, first + 400)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_the_simulation_notices_each_removed_guard(application, seeds, mutant: Mutant):
    with pytest.MonkeyPatch.context() as patch:
        mutant.plant(patch)
        assert any(_notices(World(seed, application), mutant) for seed in seeds)


@pytest.mark.parametrize(
    ("mutant", "afternoon"),
    [*DIRECTED, *NEWCOMER_MUTANTS],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_directed_afternoon_notices_its_mutant(application, mutant: Mutant, afternoon):
    with afternoon(afternoon.SEED, application) as control:
        control.play()
        without = broken(control)
    with pytest.MonkeyPatch.context() as patch:
        mutant.plant(patch)
        noticed = _notices(afternoon(afternoon.SEED, application), mutant)

    assert (without, noticed) == ([], True)


def _notices(world: World, mutant: Mutant) -> bool:
    # A mutant may break more than its own invariant, or the run itself: only the first counts.
    with world, contextlib.suppress(AssertionError):
        world.play()
        return any(sentence.startswith(mutant.breaks) for sentence in broken(world))
    return False


@pytest.mark.parametrize(
    ("name", "planted", "directed"),
    [
        (
            "APPLY_IN_ORDER",
            held_list.APPLY_IN_ORDER[::-1],
            lists.test_tombstones_come_before_entries,
        ),
        ("objection", lambda held, new: None, older_list_changes_nothing),
    ],
    ids=["tombstone-after-upsert", "older-list-taken"],
)
def test_what_a_schedule_meets_too_seldom_is_noticed_by_a_directed_test(
    tmp_path, monkeypatch, name, planted, directed
):
    held = held_list.HeldList(tmp_path, event="rabat")
    directed(held)
    held.wipe()
    monkeypatch.setattr(held_list, name, planted)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        directed(held)
    held.close()
