"""The plan of an import: who is added, changed, skipped, refused, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.common.problems import Problem
from checkin.domain.people.corrections import Corrections, correct
from checkin.domain.people.importing.importing import Action, PlannedRow, Row, still_disputed
from checkin.domain.people.importing.roster import Person
from checkin.words.problems import row_sentences
from tests.domain.people.importing.import_plans import AMINA, applied, fields, planned

SPELLINGS = ("Mohamed Benali", "Mohammed Ben Ali", "MOHAMED BEN-ALI")


def test_a_new_person_is_added_with_every_field():
    row = {
        "name": "Omar Tazi",
        "delegation": "KHEMISSET",
        "category": "elu",
        "phone": "0612345678",
        "note": "bus 3",
    }

    assert planned([row]) == [
        PlannedRow(
            2,
            Action.ADD,
            changes=fields(
                name="Omar Tazi",
                delegation_id=1,
                category_id=10,
                phone="+212612345678",
                note="bus 3",
            ),
        )
    ]


def test_what_was_wrong_when_the_row_was_read_is_told_with_what_it_says():
    remark = Problem("row", "extra_cells", "x")
    rows = [Row(2, {"name": "=1+1", "delegation": "Rabat"}, (remark,))]
    right = [Row(2, {"name": "Amina", "delegation": "Nowhere"}, (remark,))]

    [invalid], [unknown] = planned(rows), planned(right)

    assert [one.code for one in invalid.why] == ["extra_cells", "formula"]
    assert [one.code for one in unknown.why] == ["extra_cells", "unknown_delegation"]


def test_delegation_and_category_are_found_in_arabic_and_by_default():
    rows = [
        {"name": "Omar", "delegation": "الخَمِيسات", "category": "مناضل"},
        {"name": "Zineb"},
        {"name": "Salma", "delegation": "Rabat", "category": ""},
        {"name": "Driss", "category": "Militant"},
    ]

    plan = planned(rows, default_delegation="Salé", default_category="Élu")

    assert [row.changes for row in plan] == [
        fields(name="Omar", delegation_id=1, category_id=11),
        fields(name="Zineb", delegation_id=3, category_id=10),
        fields(name="Salma", delegation_id=2, category_id=10),
        fields(name="Driss", delegation_id=3, category_id=11),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"name": "AMINA EL-FASSI", "delegation": "Khémisset", "name_ar": "امينه الفاسي"},
        {"name_ar": "أمينة الفاسي", "delegation": "Khémisset"},
        {"name": "Amina El Fassi", "delegation": "Khémisset", "phone": "06 12 34 56 78"},
    ],
)
def test_someone_already_registered_is_skipped_or_only_respelt(row):
    [plan] = planned([row], [AMINA])

    assert (plan.participant_id, set(plan.changes) - {"name", "name_ar"}) == (7, set())


def test_a_row_that_says_nothing_new_is_skipped():
    row = {"name": "Amina El Fassi", "delegation": "Khémisset", "email": "AMINA@example.ma"}

    assert planned([row], [AMINA]) == [
        PlannedRow(
            2,
            Action.SKIP,
            (Problem("name", "already_registered", hints=("Amina El Fassi",)),),
            participant_id=7,
        )
    ]


def test_a_row_that_says_more_changes_only_that():
    row = {
        "name": "Amina El Fassi",
        "delegation": "Khémisset",
        "category": "Militant",
        "phone": "0699999999",
        "note": "",
    }

    assert planned([row], [AMINA]) == [
        PlannedRow(
            2,
            Action.CHANGE,
            participant_id=7,
            changes={"category_id": 11, "phone": "+212699999999"},
        )
    ]


def test_one_name_with_one_phone_in_another_delegation_is_someone_who_moved():
    row = {"name": "Amina El Fassi", "delegation": "Rabat", "phone": "0612345678"}

    assert planned([row], [AMINA]) == [
        PlannedRow(2, Action.CHANGE, participant_id=7, changes={"delegation_id": 2})
    ]


def test_a_namesake_in_another_delegation_is_someone_else():
    row = {"name": "Amina El Fassi", "delegation": "Rabat"}

    assert planned([row], [AMINA]) == [
        PlannedRow(2, Action.ADD, changes=fields(name="Amina El Fassi", delegation_id=2))
    ]


def test_a_person_whom_a_row_means_already_is_not_moved_by_a_later_one():
    row = {"name": "Amina El Fassi", "delegation": "Khémisset", "phone": "06 12 34 56 78"}

    first, second = planned([row, {**row, "delegation": "Rabat"}], [AMINA])

    assert (first.action, first.participant_id) == (Action.SKIP, AMINA.id)
    assert (second.action, [one.code for one in second.why]) == (Action.REFUSE, ["taken"])


def test_two_rows_that_are_vouched_for_mean_two_namesakes():
    row = {"name": "Salma Tazi", "delegation": "Rabat", "allow_duplicate": "oui"}
    people = [Person(id=id, delegation_id=2, name="Salma Tazi") for id in (4, 5)]

    assert [one.participant_id for one in planned([row, row, row], people)] == [4, 5, None]


def test_a_canceled_person_is_not_brought_back_unseen():
    row = {"name": "Amina El Fassi", "delegation": "Khémisset", "note": "revient"}

    assert planned([row], [replace(AMINA, canceled=True)]) == [
        PlannedRow(2, Action.SKIP, (Problem("name", "canceled", hints=("Amina El Fassi",)),), 7)
    ]


def test_another_name_with_a_known_phone_and_email_is_refused_saying_whose():
    row = {
        "name": "Omar Tazi",
        "delegation": "Rabat",
        "phone": "0612345678",
        "email": "amina@example.ma",
    }

    assert planned([row], [AMINA]) == [
        PlannedRow(
            2,
            Action.REFUSE,
            (
                Problem("email", "taken", "amina@example.ma", ("Amina El Fassi",)),
                Problem("phone", "taken", "+212612345678", ("Amina El Fassi",)),
            ),
        )
    ]


@pytest.mark.parametrize("yes", ["oui", "Yes", "نعم", "1"])
def test_a_family_that_shares_a_phone_is_let_through_when_someone_says_so(yes):
    row = {"name": "Omar", "delegation": "Rabat", "phone": "0612345678", "allow_duplicate": yes}

    assert planned([row], [AMINA]) == [
        PlannedRow(
            2,
            Action.ADD,
            changes=fields(name="Omar", delegation_id=2, phone="+212612345678"),
        )
    ]


def test_a_repeated_row_is_skipped_naming_the_first():
    row = {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0612345678"}

    plan = planned([row, {**row, "name": "OMAR  TAZI"}])

    assert plan[1] == PlannedRow(
        3, Action.SKIP, (Problem("name", "repeated_in_file", "OMAR TAZI", ("2",)),)
    )


def test_one_name_twice_with_other_data_needs_a_decision():
    row = {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0612345678"}

    plan = planned([row, {**row, "phone": "0699999999"}])

    assert plan[1] == PlannedRow(
        3, Action.REFUSE, (Problem("name", "same_name_in_file", "Omar Tazi", ("2",)),)
    )


def test_one_name_in_three_spellings_is_asked_about_and_a_phone_or_a_yes_decides():
    rows = [{"name": name, "delegation": "Rabat"} for name in SPELLINGS]

    assert [(row.action, row.why) for row in planned(rows)] == [
        (Action.ADD, ()),
        (Action.REFUSE, (Problem("name", "spelt_like_in_file", SPELLINGS[1], ("2",)),)),
        (Action.REFUSE, (Problem("name", "spelt_like_in_file", SPELLINGS[2], ("2",)),)),
    ]
    two_people = [rows[0] | {"phone": "0612345678"}, rows[1] | {"phone": "0699999999"}]
    vouched_for = [rows[0], rows[1] | {"allow_duplicate": "oui"}]
    for rows in (two_people, vouched_for):
        assert [row.action for row in planned(rows)] == [Action.ADD, Action.ADD]


def test_a_name_like_that_of_somebody_registered_is_asked_about_unless_the_phone_is_theirs():
    other_order = {"name": "EL-FASSI AMINA", "delegation": "Khémisset"}
    no_phone = replace(AMINA, phone=None, email=None)

    asked, same, new = (
        planned([other_order], [no_phone]),
        planned([other_order | {"phone": "0612345678"}], [AMINA]),
        planned([other_order | {"phone": "0699999999"}], [AMINA]),
    )

    problem = Problem("name", "spelt_like_registered", "EL-FASSI AMINA", ("Amina El Fassi",))
    assert asked == [PlannedRow(2, Action.REFUSE, (problem,))]
    assert [(row.action, row.participant_id) for row in (*same, *new)] == [
        (Action.CHANGE, AMINA.id),
        (Action.ADD, None),
    ]


def test_a_list_that_was_asked_about_changes_nobody_when_it_comes_again():
    rows = [{"name": name, "delegation": "Rabat"} for name in SPELLINGS]

    again = planned(rows, applied(planned(rows)))

    assert [row.action for row in again] == [Action.SKIP, Action.REFUSE, Action.REFUSE]


def test_one_phone_for_two_names_in_the_file_names_the_first_row():
    plan = planned(
        [
            {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0612345678"},
            {"name": "Zineb Tazi", "delegation": "Rabat", "phone": "0612345678"},
        ]
    )

    assert plan[1] == PlannedRow(
        3, Action.REFUSE, (Problem("phone", "taken_in_file", "+212612345678", ("2",)),)
    )


def test_a_refused_row_does_not_stand_in_the_way_of_its_correction():
    wrong = {"name": "Omar Tazi", "delegation": "Nowhere", "phone": "0612345678"}

    plan = planned([wrong, {**wrong, "delegation": "Rabat"}])

    assert [row.action for row in plan] == [Action.REFUSE, Action.ADD]


def test_unknown_delegation_and_category_name_the_nearest():
    row = {"name": "Omar", "delegation": "Khemiset", "category": "Militan"}

    assert planned([row]) == [
        PlannedRow(
            2,
            Action.REFUSE,
            (
                Problem("delegation", "unknown_delegation", "Khemiset", ("Khémisset",)),
                Problem("category", "unknown_category", "Militan", ("Militant",)),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        (
            {"name": "Omar", "delegation": "Khemiset", "phone": "12", "email": "amina@example.ma"},
            [
                Problem("phone", "invalid_phone", "12"),
                Problem("delegation", "unknown_delegation", "Khemiset", ("Khémisset",)),
                Problem("category", "missing_category"),
                Problem("email", "taken", "amina@example.ma", ("Amina El Fassi",)),
            ],
        ),
        (
            {"name": "Omar", "delegation": "Khemiset", "email": "amina@example.ma"},
            [
                Problem("delegation", "unknown_delegation", "Khemiset", ("Khémisset",)),
                Problem("category", "missing_category"),
                Problem("email", "taken", "amina@example.ma", ("Amina El Fassi",)),
            ],
        ),
        (
            {"delegation": "Rabat", "category": "Militan"},
            [
                Problem("name", "missing_name"),
                Problem("category", "unknown_category", "Militan", ("Militant",)),
            ],
        ),
        (
            {"name": "Omar", "category": "Militan"},
            [
                Problem("delegation", "missing_delegation"),
                Problem("category", "unknown_category", "Militan", ("Militant",)),
            ],
        ),
        # whoever is registered has a category
        (
            {"name": "Amina El Fassi", "delegation": "Khémisset", "phone": "12"},
            [Problem("phone", "invalid_phone", "12")],
        ),
        (
            {
                "name": "Omar",
                "delegation": "Rabat",
                "category": "Élu",
                "phone": "12",
                "email": "amina@example.ma",
                "allow_duplicate": "oui",
            },
            [Problem("phone", "invalid_phone", "12")],
        ),
    ],
)
def test_all_that_is_wrong_with_a_row_is_said_at_once(row, problems):
    [plan] = planned([row], [AMINA], default_category="")

    assert list(plan.why) == problems


def test_a_flag_that_the_event_has_not_is_a_problem_of_its_row():
    [plan] = planned([{"name": "Omar", "delegation": "Rabat", "flags": "VIP"}])

    assert plan.why == (Problem("flags", "no_flags", "VIP", ("–",)),)


def test_where_it_is_asked_first_somebody_is_changed_once_a_person_has_seen_it():
    row = Row(2, {"name": "Amina El Fassi", "delegation": "Khémisset", "note": "bus 3"})
    seen = correct([row], Corrections(overwrites={2}))

    [asks], [changes] = (planned(rows, [AMINA], asks_before_changes=True) for rows in ([row], seen))
    [wrong] = planned([{"name": "Omar"}])

    why = (Problem("row", "would_change", hints=("Amina El Fassi",)),)
    assert asks == PlannedRow(2, Action.REFUSE, why, AMINA.id, {"note": "bus 3"})
    assert changes == PlannedRow(2, Action.CHANGE, (), AMINA.id, {"note": "bus 3"})
    assert asks.before == changes.before == {"note": None}
    assert [one.asks_to_overwrite for one in (asks, changes, wrong)] == [True, False, False]


def test_a_row_that_another_row_contradicts_stays_refused_once_that_one_is_registered():
    rows = [
        Row(2, {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0612345678"}),
        Row(3, {"name": "Omar Tazi", "delegation": "Rabat", "phone": "0699999999"}),
        Row(4, {"name": "Driss", "delegation": "Nowhere"}),
    ]
    plan = planned(rows)

    disputed = [still_disputed(row, of) for row, of in zip(rows, plan, strict=True)]

    assert disputed == [rows[0], replace(rows[1], problems=plan[1].why), rows[2]]


def test_a_reason_is_told_with_its_row_and_column_in_each_language():
    [plan] = planned([{"name": "Omar", "delegation": "Khemiset"}])

    assert [row_sentences(plan, language) for language in ("fr", "ar", "en")] == [
        [
            "Ligne 2 · Délégation\u00a0: \u2068Khemiset\u2069 n’existe pas\u00a0; corrigez le nom "
            "ou créez la délégation. Les plus proches\u00a0: \u2068Khémisset\u2069."
        ],
        [
            "السطر 2 · الوفد: \u2068Khemiset\u2069 غير موجود؛ صححوا الاسم أو أنشئوا الوفد. "
            "الأقرب: \u2068Khémisset\u2069."
        ],
        [
            "Row 2 · Delegation: \u2068Khemiset\u2069 does not exist; correct the name or create "
            "the delegation. Nearest: \u2068Khémisset\u2069."
        ],
    ]


class TestMistypedAddresses:
    """A new address that looks mistyped is a question, which a person answers."""

    def row(self, email="samira@gmial.com", **more):
        return Row(2, {"name": "Samira Tazi", "delegation": "Rabat", "email": email}, **more)

    def test_a_new_address_that_looks_mistyped_is_asked_about(self):
        [asked] = planned([self.row()])

        assert (asked.action, asked.why) == (
            Action.REFUSE,
            (Problem("email", "likely_mistyped", "samira@gmial.com", ("samira@gmail.com",)),),
        )
        assert row_sentences(asked, "fr") == [
            "Ligne 2 · E-mail\u00a0: \u2068samira@gmial.com\u2069\u00a0: vouliez-vous écrire "
            "\u2068samira@gmail.com\u2069\u00a0? Corrigez, ou confirmez que l’adresse est juste "
            "ainsi."
        ]

    def test_an_address_that_somebody_says_is_right_is_taken(self):
        [taken] = planned([self.row(is_right=True)])

        assert (taken.action, taken.changes["email"]) == (Action.ADD, "samira@gmial.com")

    def test_an_address_that_is_registered_already_is_not_asked_about_again(self):
        known = replace(AMINA, email="amina@gmial.com")
        cells = {"name": AMINA.name, "delegation": "Khémisset", "email": "amina@gmial.com"}

        [again] = planned([cells], [known])

        assert again.action is Action.SKIP

    def test_a_correction_of_the_address_asks_again_and_of_another_cell_does_not(self):
        [confirmed] = correct([self.row()], Corrections(right={2}))
        [noted] = correct([confirmed], Corrections({2: {"note": "bus 3"}}))
        [other] = correct([noted], Corrections({2: {"email": "samira@gmaul.com"}}))

        assert [planned([one])[0].action for one in (confirmed, noted, other)] == [
            *(Action.ADD, Action.ADD),
            Action.REFUSE,
        ]
