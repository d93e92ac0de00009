"""To which day a moment belongs, and when a gate opens next: the vectors that JavaScript passes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from checkin.domain.events.days import Day, bounds_of, day_at
from checkin.domain.scanning.facts import EntryPolicy, Hours
from checkin.domain.scanning.timetable import Opening, opening_after

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "days.json").read_text("utf-8"))


def moment(text):
    return text and datetime.fromisoformat(text)


def typed(written):
    return {
        name: moment(value) if name.endswith(("_at", "_from")) else value
        for name, value in written.items()
    }


DAYS = [Day(**typed(one)) for one in VECTORS["days"]]
HOURS = [Hours(**typed(one)) for one in VECTORS["hours"]]


def names(cases):
    return [case["name"] for case in cases]


@pytest.mark.parametrize("case", VECTORS["belongs"], ids=names(VECTORS["belongs"]))
def test_a_moment_belongs_to_the_nearest_day(case):
    days = [DAYS[index] for index in case["days"]]

    assert day_at(days, moment(case["at"])) == case["day"]


@pytest.mark.parametrize("case", VECTORS["opens"], ids=names(VECTORS["opens"]))
def test_a_gate_opens_at_the_first_moment_at_which_it_admits_the_category(case):
    days = [DAYS[index] for index in case["days"]]
    hours = tuple(HOURS[index] for index in case["hours"])
    policy = EntryPolicy(hours=hours, stopped=case.get("stopped", False))

    found = opening_after(policy, days, moment(case["at"]), **case["whose"])

    assert found == Opening(moment(case["opens_at"]), case["is_later"], case["is_never"])


def test_the_bounds_of_days_are_where_one_day_ends_to_be_the_nearest():
    days = DAYS[:2]
    middle = moment("2025-06-15T02:00:00Z")

    assert [bounds_of(days, number) for number in (1, 2)] == [(None, middle), (middle, None)]
    assert bounds_of(DAYS[2:3], 1) == (None, None)
