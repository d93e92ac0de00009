"""Lists imported again, namesakes and families: nobody is registered twice or lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain.people.importing.importing import Action, PlannedRow
from tests.domain.people.importing.import_plans import AMINA, applied, fields, planned


def test_two_vouched_for_namesakes_find_themselves_again():
    rows = [
        {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0611111111"},
        {
            "name": "Omar Tazi",
            "delegation": "Rabat",
            "phone": "0622222222",
            "allow_duplicate": "oui",
        },
        {"name": "Omar Tazi", "delegation": "Rabat", "allow_duplicate": "oui"},
    ]
    people = applied(planned(rows))

    assert len(people) == 3
    assert [(row.action, row.participant_id) for row in planned(rows, people)] == [
        (Action.SKIP, 1),
        (Action.SKIP, 2),
        (Action.SKIP, 3),
    ]


def test_a_vouched_for_namesake_with_another_phone_is_added_not_merged():
    row = {
        "name": "Amina El Fassi",
        "delegation": "Khémisset",
        "phone": "0699999999",
        "allow_duplicate": "oui",
    }

    assert planned([row], [replace(AMINA, email=None)]) == [
        PlannedRow(
            2,
            Action.ADD,
            changes=fields(name="Amina El Fassi", delegation_id=1, phone="+212699999999"),
        )
    ]


def test_an_active_namesake_comes_before_a_canceled_one():
    row = {"name": "Amina El Fassi", "delegation": "Khémisset"}

    [plan] = planned([row], [replace(AMINA, canceled=True), replace(AMINA, id=8)])

    assert (plan.action, plan.participant_id, plan.why[0].code) == (
        Action.SKIP,
        8,
        "already_registered",
    )


def test_a_list_that_has_both_records_of_a_merged_person_changes_nothing():
    other = replace(AMINA, id=8, delegation_id=2, phone="+212699999999", email=None, merged_into=7)
    rows = [
        {"name": "Amina El Fassi", "delegation": "Khémisset", "phone": "0612345678"},
        {"name": "Amina El Fassi", "delegation": "Rabat", "phone": "0699999999"},
    ]

    assert [
        (row.action, row.participant_id, row.why[0].code) for row in planned(rows, [AMINA, other])
    ] == [
        (Action.SKIP, 7, "already_registered"),
        (Action.SKIP, 7, "merged"),
    ]


def test_a_contact_of_a_merged_record_is_still_the_persons():
    other = replace(AMINA, id=8, phone="+212699999999", email=None, merged_into=7)
    row = {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0699999999"}

    [plan] = planned([row], [AMINA, other])

    assert (plan.action, plan.why[0].code) == (Action.REFUSE, "taken")


def test_the_phone_of_a_canceled_person_is_free():
    row = {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0612345678"}

    [plan] = planned([row], [replace(AMINA, canceled=True)])

    assert plan.action is Action.ADD


def test_a_person_named_in_one_script_then_in_the_other_is_one_person():
    rows = [
        {"name": "Amina El Fassi", "delegation": "Khémisset"},
        {"name_ar": "أمينة الفاسي", "delegation": "Khémisset"},
    ]

    plan = planned(rows, [AMINA])

    assert [row.why[0].code for row in plan] == ["already_registered", "repeated_in_file"]


def test_a_refused_row_and_its_vouched_for_copy_find_one_person_again():
    tazi = {"delegation": "Rabat", "phone": "0612345678"}
    rows = [
        {"name": "Omar Tazi", **tazi},
        {"name": "Zineb Tazi", **tazi},
        {"name": "Zineb Tazi", **tazi, "allow_duplicate": "oui"},
    ]
    people = applied(planned(rows))

    assert [row.action for row in planned(rows)] == [Action.ADD, Action.REFUSE, Action.ADD]
    assert [row.action for row in planned(rows, people)] == [Action.SKIP] * 3


def cells():
    return st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Omar Tazi", "OMAR TAZI", "Zineb", "أمينة", "", "=1"]),
            "delegation": st.sampled_from(["Rabat", "الرباط", "Khémisset", "Nowhere"]),
        },
        optional={
            "phone": st.sampled_from(["0611111111", "+212 6 11 11 11 11", "0622222222"]),
            "email": st.sampled_from(["a@example.ma", "A@example.ma", "b@example.ma", "x"]),
            "category": st.sampled_from(["Élu", "Militant", "?"]),
            "allow_duplicate": st.sampled_from(["oui", "non"]),
        },
    )


@given(st.lists(cells(), max_size=8))
@settings(deadline=None, max_examples=300)
def test_importing_a_list_twice_adds_nobody(rows):
    people = applied(planned(rows))

    again = planned(rows, people)

    assert [row for row in again if row.action is Action.ADD] == []


@given(st.lists(cells(), max_size=8))
@settings(deadline=None)
def test_every_row_gets_one_decision_and_every_refusal_a_reason(rows):
    plan = planned(rows)

    assert [row.row_number for row in plan] == list(range(2, len(rows) + 2))
    assert all(row.why for row in plan if row.action in (Action.SKIP, Action.REFUSE))
    assert all(row.changes for row in plan if row.action in (Action.ADD, Action.CHANGE))
