"""Whatever goes wrong at the gates, the invariants hold: thousands of random afternoons.

A seed that fails replays exactly: `pytest tests/simulation -k given_seed --seed N`. The proofs
take any range: `script/proof tests/simulation --seeds 1000-2000 -v -n 2`.
"""

from __future__ import annotations

import pytest

from tests.simulation.checking import CheckingOffice
from tests.simulation.checks import broken
from tests.simulation.newcomers import Newcomers
from tests.simulation.office import Office
from tests.simulation.restoring import Restoring, lost
from tests.simulation.world import World


def violations(application, seeds, afternoon=World) -> dict[int, list[str]]:
    """Return what broke, by seed."""
    found = {}
    for seed in seeds:
        with afternoon(seed, application) as world:
            world.play()
            if sentences := broken(world):
                found[seed] = sentences
    return found


def after_restores(application, seeds) -> dict[int, list[str]]:
    """Return what restores have broken, by seed."""
    found = {}
    for seed in seeds:
        with Restoring(seed, application) as world:
            world.play()
            if sentences := lost(world):
                found[seed] = sentences
    return found


def history(application, seed) -> list[tuple[object, ...]]:
    """Return all that was told at the gates, without the ids and codes that are never the same."""
    with World(seed, application) as world:
        world.play()
    people = {person.code: number for number, person in enumerate(world.people)}
    return [
        (
            told.gate,
            people[told.verdict.scan.code],
            told.verdict.kind,
            told.verdict.reason,
            told.at,
        )
        for gate in world.gates
        for told in gate.told
    ]


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_a_seed_replays_exactly(application, seed):
    assert history(application, seed) == history(application, seed)


def test_the_invariants_hold_for_the_given_seed(application, request):
    seed = request.config.getoption("seed")

    assert violations(application, [seed]) == {}


@pytest.mark.parametrize("seed", [4365, 4614, 6748, 7727, 8079])
def test_a_run_that_does_not_know_the_time_does_not_date_the_scans_of_another(application, seed):
    """A crash, the wall clock set back an hour, and the first answer of the server's lost."""
    assert violations(application, [seed]) == {}


@pytest.mark.parametrize("first", range(0, 30, 15))
def test_the_invariants_hold_after_an_afternoon_of_mishaps(application, first):
    assert violations(application, range(first, first + 15)) == {}


def test_the_invariants_hold_while_people_without_a_badge_come(application):
    assert violations(application, range(12), Newcomers) == {}


def test_the_invariants_hold_while_the_office_changes_registrations(application):
    assert violations(application, range(12), Office) == {}


def test_the_invariants_hold_while_some_are_to_be_checked(application):
    assert violations(application, range(5), CheckingOffice) == {}


def test_a_place_counted_for_somebody_who_came_in_on_it_is_not_left_empty(application):
    """Walk-ins came in on lent places, the lease ran out, and they moved up with others waiting."""
    assert violations(application, [1447], Newcomers) == {}


@pytest.mark.parametrize("first", range(0, 20, 10))
def test_nothing_acknowledged_is_lost_while_backups_are_put_back(application, first):
    assert after_restores(application, range(first, first + 10)) == {}


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_over_a_thousand_afternoons(application, restoring_seeds):
    assert after_restores(application, restoring_seeds) == {}


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_the_invariants_hold_over_two_thousand_afternoons_of_newcomers(
    application, newcomers_seeds
):
    assert violations(application, newcomers_seeds, Newcomers) == {}


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_the_invariants_hold_over_a_thousand_afternoons_of_the_office(application, office_seeds):
    assert violations(application, office_seeds, Office) == {}


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_the_invariants_hold_over_ten_thousand_afternoons(application, proof_seeds):
    assert violations(application, proof_seeds) == {}
