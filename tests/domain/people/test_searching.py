"""When a device may search for names, and how many people it may still be shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.people.searching import (
    DESK_BUDGET,
    NoSearch,
    SearchRules,
    Showing,
    Spent,
    is_unusual,
)

OPENS = datetime(2025, 6, 14, 13, 0, tzinfo=UTC)
NOON = datetime(2025, 6, 14, 12, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("more", "minutes", "refusal"),
    [
        ({}, 59, NoSearch.CLOSED),
        ({}, 60, None),
        ({}, 239, None),
        ({}, 240, NoSearch.CLOSED),
        ({"while_closed": True}, 0, None),
        ({"while_closed": True, "allowed": False}, 0, NoSearch.DEVICE),
        ({"allowed": False}, 60, NoSearch.DEVICE),
    ],
)
def test_devices_search_while_the_doors_are_open_or_the_organiser_says_so(more, minutes, refusal):
    rules = SearchRules(open_times=[(OPENS, OPENS + timedelta(hours=3))], **more)

    assert rules.refusal(after(minutes)) == refusal


@pytest.mark.parametrize(
    ("let_in", "counts"), [(None, True), (after(0), False), (after(2), False), (after(2.1), True)]
)
def test_who_is_let_in_within_two_minutes_is_not_counted(let_in, counts):
    assert Showing(1, NOON, let_in).is_counted == counts


def test_the_budget_comes_back_as_the_hour_passes():
    spent = Spent([Showing(1, after(0)), Showing(2, after(10)), Showing(3, after(20), after(21))])

    assert spent.wait([4], 3, after(30)) is None
    assert spent.wait([4, 5], 3, after(30)) == timedelta(minutes=30)


def test_who_is_shown_again_counts_once():
    spent = Spent([Showing(1, after(0)), Showing(2, after(10))])

    assert spent.wait([1, 2, 3], 3, after(30)) is None


def test_with_a_used_up_budget_nobody_is_looked_for():
    spent = Spent([Showing(1, after(0))])

    assert spent.wait([], 1, after(30)) == spent.wait([1], 1, after(30)) == timedelta(minutes=30)


def test_a_search_that_is_refused_counts_one_of_those_whom_it_found():
    spent = Spent([Showing(1, after(0)), Showing(2, after(1))])

    assert spent.cost_of_refusal([1, 3, 4], 3) == [3]
    assert spent.cost_of_refusal([3, 4], 2) == []


def test_ten_budgets_of_people_are_given_back_and_whoever_else_is_let_in_counts():
    spent = Spent([Showing(number, after(number), after(number)) for number in range(21)])

    assert [one.participant_id for one in spent.counted(2)] == [20]
    assert spent.counted(3) == []


def test_what_a_supervisor_grants_begins_anew():
    shown = [Showing(1, after(0)), Showing(2, after(10))]

    assert Spent(shown, granted_at=after(5)).wait([3], 2, after(30)) is None
    assert Spent(shown, granted_at=after(10)).counted(2) == shown[1:]
    assert Spent(shown, granted_at=after(5)).recently(after(10)) == 1


def test_a_gate_is_shown_60_people_an_hour_and_a_help_desk_600_unless_the_event_says_otherwise():
    assert (SearchRules().budget, DESK_BUDGET) == (60, 600)


def test_half_an_hours_budget_within_ten_minutes_is_unusual():
    shown = [Showing(number, after(number)) for number in range(40)]

    assert Spent(shown).recently(after(39)) == 10
    assert (is_unusual(30, 60), is_unusual(31, 60)) == (False, True)
    assert (is_unusual(5, 0), is_unusual(6, 0)) == (False, True)
