"""A list may be planned in parts, while the people it is compared with change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.people.importing.importing import Action, Alone, Row
from tests.domain.people.importing.import_plans import AMINA, planner

HEAD = {"delegation": "Khémisset", "category": "Élu"}
CELLS = [
    {**HEAD, "name": "Bahia Idrissi", "phone": "0611111111"},
    {**HEAD, "name": "Amina El Fassi", "email": "other@example.ma"},
    {**HEAD, "name": "Chafik", "phone": "0611111111"},
    {**HEAD, "name": "Bahia Idrissi", "phone": "0622222222"},
    {**HEAD, "name": "Bahia Idrissi"},
    {**HEAD, "name": "Amina El Fassi", "phone": "0633333333"},
]
ROWS = [Row(number, cells) for number, cells in enumerate(CELLS, 2)]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_parts_are_planned_as_the_whole_is(size):
    in_parts = planner([AMINA])

    planned = [
        one for at in range(0, len(ROWS), size) for one in in_parts.plan(ROWS[at : at + size])
    ]

    assert planned == planner([AMINA]).plan(ROWS)


def test_a_copy_goes_on_by_itself():
    first = planner([AMINA])
    first.plan(ROWS[:1])

    ahead = first.copy().plan(ROWS[1:])

    assert first.plan(ROWS[1:]) == ahead


def test_a_planner_knows_people_as_it_has_learnt_of_them_last():
    known = planner([AMINA])
    [row] = [Row(2, {**HEAD, "name": "Amina El Fassi", "phone": AMINA.phone})]
    known.learn([replace(AMINA, name="Naïma Tazi", name_ar=None, folded_names=())])

    [planned] = known.plan([row])

    assert planned.action == Action.REFUSE  # the phone is Naïma's
    assert [(one.code, one.hints) for one in planned.why] == [("taken", ("Naïma Tazi",))]


def test_somebody_who_was_canceled_elsewhere_by_now_is_not_to_be_checked():
    alone = Alone(1, "Khémisset")
    elsewhere = replace(AMINA, delegation_id=2)
    row = Row(2, {**HEAD, "name": "Amina El Fassi", "phone": AMINA.phone})
    known = planner([elsewhere], alone=alone)
    [before] = known.copy().plan([row])

    known.learn([replace(elsewhere, canceled=True)])

    [after] = known.plan([row])
    assert [(one.action, one.unchecked) for one in (before, after)] == [
        (Action.ADD, True),
        (Action.ADD, False),
    ]
