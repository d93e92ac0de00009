"""A list that may touch one delegation only: nobody learns who is registered in another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.common.choices import Choices
from checkin.domain.common.problems import Problem
from checkin.domain.people.corrections import Corrections, columns_in, correct
from checkin.domain.people.importing.importing import Action, Alone, ImportPlanner, Row
from checkin.domain.people.importing.roster import Person

KHEMISSET, SALE = 1, 2
PHONE = "+212612345678"


def a_planner(people, *, alone=True):
    return ImportPlanner(
        people,
        delegations=Choices([(KHEMISSET, ["Khémisset", "الخميسات"]), (SALE, ["Salé"])]),
        categories=Choices([(1, ["Militant"])]),
        default_delegation="Khémisset",
        default_category="Militant",
        alone=Alone(KHEMISSET, "Khémisset") if alone else None,
    )


def plan(*rows, people=(), alone=True):
    return a_planner(people, alone=alone).plan(
        [Row(number, cells) for number, cells in enumerate(rows, 2)]
    )


def why(planned):
    return [(row.action, [problem.code for problem in row.why]) for row in planned]


@pytest.mark.parametrize("written", ["", "Khémisset", "khemisset", "الخميسات"])
def test_rows_of_the_delegation_itself_are_taken_however_it_is_spelt(written):
    assert why(plan({"name": "Amina", "delegation": written})) == [(Action.ADD, [])]


@pytest.mark.parametrize("written", ["Salé", "Nowhere"])
def test_rows_that_name_another_are_refused_and_say_which_one_it_may_be(written):
    [row] = plan({"name": "Amina", "delegation": written})

    assert row.why == (Problem("delegation", "other_delegation", written, ("Khémisset",)),)


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Zineb Tazi", "phone": "0612345678"},
        {"name": "Amina Alaoui", "phone": "0612345678"},
        {"name": "Amina Alaoui", "phone": "0612345678", "allow_duplicate": "yes"},
    ],
)
def test_somebody_of_another_delegation_is_added_like_a_newcomer_and_to_be_checked(row):
    zineb = Person(9, SALE, name="Zineb Tazi", phone=PHONE)

    [collision] = plan(row, people=[zineb])
    [newcomer] = plan(row)

    assert (collision.unchecked, newcomer.unchecked) == (True, False)
    assert replace(collision, unchecked=False) == newcomer


def test_a_list_without_limits_moves_the_same_person():
    zineb = Person(9, SALE, name="Zineb Tazi", phone=PHONE)
    row = {"name": "Zineb Tazi", "phone": "0612345678"}

    assert why(plan(row, people=[zineb], alone=False)) == [(Action.CHANGE, [])]


def test_one_of_their_own_may_get_a_phone_that_somebody_elsewhere_has():
    zineb, amina = (
        Person(9, SALE, name="Zineb Tazi", phone=PHONE),
        Person(3, KHEMISSET, category_id=1, name="Amina Alaoui"),
    )

    [row] = plan({"name": "Amina Alaoui", "phone": PHONE}, people=[zineb, amina])

    assert (row.action, row.changes, row.unchecked) == (Action.CHANGE, {"phone": PHONE}, False)


def test_whoever_has_moved_here_meanwhile_is_known_here():
    planner = a_planner([Person(9, SALE, name="Zineb Tazi", phone=PHONE)])

    planner.learn([Person(9, KHEMISSET, category_id=1, name="Zineb Tazi", phone=PHONE)])

    assert why(planner.plan([Row(2, {"name": "Zineb Tazi", "phone": PHONE})])) == [
        (Action.SKIP, ["already_registered"])
    ]


def test_whoever_has_moved_away_meanwhile_is_a_stranger_here():
    planner = a_planner([Person(9, KHEMISSET, category_id=1, name="Zineb Tazi", phone=PHONE)])

    planner.learn([Person(9, SALE, name="Zineb Tazi", phone=PHONE)])

    [row] = planner.plan([Row(2, {"name": "Zineb Tazi", "phone": PHONE})])
    assert (row.action, row.unchecked) == (Action.ADD, True)


def test_who_was_canceled_elsewhere_may_register_here():
    zineb = Person(9, SALE, name="Zineb Tazi", phone=PHONE, canceled=True)

    assert why(plan({"name": "Zineb Tazi", "phone": PHONE}, people=[zineb])) == [(Action.ADD, [])]


ROWS = [Row(2, {"name": "Amina", "phone": "12"}), Row(3, {"name": "Bahia"})]


def test_corrections_change_their_cells_and_nothing_else():
    corrections = Corrections({2: {"phone": "0612345678", "email": ""}, 9: {"name": "X"}})

    assert correct(ROWS, corrections) == [
        Row(2, {"name": "Amina", "phone": "0612345678"}),
        Row(3, {"name": "Bahia"}),
    ]


def test_a_cell_may_be_emptied_and_a_row_left_out():
    assert correct(ROWS, Corrections({2: {"phone": ""}}, left_out={3})) == [
        Row(2, {"name": "Amina"})
    ]


def test_columns_that_are_none_of_ours_are_never_written():
    assert correct(ROWS, Corrections({3: {"id": "1", "row": "x"}})) == ROWS


def test_a_very_long_text_is_cut_and_refused():
    [row] = correct(ROWS[1:], Corrections({3: {"note": "x" * 9_000}}))

    assert 500 < len(row.cells["note"]) < 2_000
    assert why(plan(row.cells)) == [(Action.REFUSE, ["too_long"])]


def test_a_doubtful_row_is_right_once_it_is_corrected_or_said_to_be():
    doubtful = [Row(2, {"name": "Amina"}, (Problem("row", "extra_cells", "x"),))]

    assert correct(doubtful, Corrections({2: {"name": "Amina", "email": ""}})) == doubtful
    assert correct(doubtful, Corrections(right={2})) == [Row(2, {"name": "Amina"}, is_right=True)]
    assert correct(doubtful, Corrections({2: {"name": "Aïcha"}})) == [Row(2, {"name": "Aïcha"})]


def test_columns_are_those_in_use():
    assert columns_in(ROWS) == ("name", "phone")
    assert columns_in([]) == ("name",)
