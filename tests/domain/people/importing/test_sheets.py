"""How the sheets of a file become a list: columns, empty cells, lines that are no entries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.common.blanks import is_blank
from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.headings import Columns
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.list_questions import proposed_choices
from checkin.domain.people.importing.name_order import NameOrder, given_name_first, likely_order
from checkin.domain.people.importing.row_numbers import SHEET_STEP, row_label
from checkin.domain.people.importing.sheets import (
    LATER,
    MEANINGS,
    WHOLE_NAMES,
    LeftOut,
    RawRow,
    RawSheet,
    SheetChoices,
    choices_of,
    chosen_sheets,
    heading_keys,
    list_of,
    meanings_of,
    rows_of_sheet,
)

HEADINGS = ["Nom", "Délégation", "Téléphone"]


def sheet(*rows, name="", headings=HEADINGS, **more):
    lines = [RawRow(1, headings), *(RawRow(at, list(row)) for at, row in enumerate(rows, 2))]
    return RawSheet(name, lines, **more)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "—", "N/A", "n/a", "néant", "NEANT", "لا يوجد", "لا توجد", "..."]
)
def test_what_says_nothing_is_empty(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["Na", "0", "oui", "لا", "Anne", "x", "-1", "Sans Souci"])
def test_what_says_something_is_not_empty(text):
    assert not is_blank(text)


def test_rows_of_several_sheets_have_numbers_of_their_own():
    sheets = [
        sheet(["Amina", "Salé", ""], name="Un"),
        sheet(["Bahia", "Salé", ""], name="Deux"),
    ]

    rows, left_out = list_of(sheets, SheetChoices(sheets=(0, 1)))

    assert [(row_label(row.number), row.cells["name"]) for row in rows] == [
        ("2", "Amina"),
        ("2/2", "Bahia"),
    ]
    assert left_out == []


def test_rows_that_are_only_numbered_are_no_entries():
    numbered = sheet(["1", "Amina"], ["2", ""], ["3", ""], headings=["N°", "Nom"])

    rows, left_out = list_of([numbered], SheetChoices())

    assert (rows, left_out) == ([Row(2, {"name": "Amina"})], [])


def test_hidden_rows_and_sums_are_left_out_and_read_when_somebody_says_so():
    lines = [
        *(RawRow(1, HEADINGS), RawRow(2, ["Amina", "Salé", ""], is_hidden=True)),
        *(RawRow(3, ["Bahia", "Salé", ""]), RawRow(4, ["Total", "", "2"])),
    ]
    hidden = RawSheet("", lines)

    rows, left_out = list_of([hidden], SheetChoices())
    every, none = list_of([hidden], SheetChoices(with_hidden=True, entries=frozenset({4})))

    assert [row.number for row in rows] == [3]
    assert left_out == [LeftOut(2, "hidden", "Amina · Salé"), LeftOut(4, "sum", "Total · 2")]
    assert ([row.number for row in every], none) == ([2, 3, 4], [])


def test_a_column_without_a_heading_or_with_a_heading_twice_may_be_chosen():
    keys = heading_keys(["Nom", "", "Téléphone", "Téléphone"])

    assert keys == ["nom", "#2", "telephone", "telephone #4"]
    assert meanings_of(["Nom", "", "Téléphone", "Téléphone"], {"#2": "note"}) == [
        *("name", "note", "phone", ""),
    ]


def test_what_is_chosen_stands_for_what_is_written():
    written = sheet(["Amina", "sale", ""], ["Bahia", "-", ""])
    choices = SheetChoices(
        values={"delegation": {"sale": "Salé"}}, defaults={"delegation": "Rabat"}
    )

    rows, _left_out = list_of([written], choices)

    assert [row.cells["delegation"] for row in rows] == ["Salé", "Rabat"]
    assert choices_of(choices.as_json()) == choices


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["Amina", "tanger", ""], {"name": "Amina", "delegation": "Salé"}),
        (["Amina", "agadir", ""], {"name": "Amina", "delegation": "agadir"}),
        (["Amina", "fes", ""], {"name": "Amina", "delegation": "fes"}),
        (["Amina", "Salé", ""], {"name": "Amina", "delegation": "Salé"}),
        (["Amina", "", ""], {"name": "Amina", "delegation": "Rabat"}),
    ],
)
def test_a_text_for_which_nothing_was_chosen_yet_stays_as_it_is(cells, read):
    choices = SheetChoices(
        values={"delegation": {"tanger": "Salé", "agadir": "", "fes": LATER}},
        defaults={"delegation": "Rabat"},
    )

    [row], _left_out = list_of([sheet(cells)], choices)

    assert row.cells == read


def test_an_empty_cell_stays_empty_where_no_name_was_chosen_for_it():
    defaults = {"delegation": LATER}

    [row], _left_out = list_of([sheet(["Amina", "-", ""])], SheetChoices(defaults=defaults))

    assert row.cells == {"name": "Amina", "delegation": "-"}
    assert SheetChoices().default("delegation") == ""


def test_more_answers_are_added_to_those_that_were_given():
    given = SheetChoices(values={"delegation": {"tanger": "Salé"}, "category": {"x": "Élu"}})

    more = given.with_values({"delegation": {"fes": "Rabat", "tanger": "Rabat"}, "bus": {"1": "2"}})

    assert more.values == {
        "delegation": {"tanger": "Rabat", "fes": "Rabat"},
        "category": {"x": "Élu"},
        "bus": {"1": "2"},
    }


def test_names_are_turned_in_the_columns_that_are_said_to_have_the_family_name_first():
    choices = SheetChoices(turned=frozenset({"name", "name_ar"}))

    rows, _left_out = list_of([sheet(["ALAOUI Amina", "", ""], ["", "Salé", ""])], choices)

    assert [row.cells for row in rows] == [{"name": "Amina ALAOUI"}, {"delegation": "Salé"}]
    assert set(WHOLE_NAMES) <= set(MEANINGS)


def test_an_arabic_column_of_whole_names_may_be_turned_too():
    arabic = sheet(["العلوي أمينة"], headings=["الاسم العائلي والشخصي"])

    assert proposed_choices([arabic], {}, "").turned == {"name_ar"}


def test_the_first_sheet_that_is_shown_is_read_and_a_hidden_one_if_there_is_no_other():
    hidden, shown = sheet(["Amina"], name="Un", is_hidden=True), sheet(["Bahia"], name="Deux")

    assert chosen_sheets([hidden, shown, shown], SheetChoices()) == [1]
    assert chosen_sheets([hidden, hidden], SheetChoices()) == [0]
    assert chosen_sheets([hidden, shown], SheetChoices(sheets=(0, 5))) == [0]


def test_cells_beyond_the_headings_may_be_chosen_and_are_a_problem_where_nobody_was_asked():
    beyond = sheet(["Amina", "Salé", "", "VIP"], ["Bahia"])
    columns = Columns(((0, "name"),), (), 3)

    rows, _left_out = list_of([beyond], SheetChoices(columns={"#4": "flags"}))
    unasked, _left_out = rows_of_sheet(beyond, columns)

    assert [(row.cells, row.problems) for row in rows] == [
        ({"name": "Amina", "delegation": "Salé"}, ()),
        ({"name": "Bahia"}, ()),
    ]
    assert unasked == [
        Row(2, {"name": "Amina"}, (Problem("row", "extra_cells", "VIP"),)),
        Row(3, {"name": "Bahia"}),
    ]


def test_headings_and_rows_are_told_by_their_beginning():
    assert heading_keys(["x" * 101]) == ["x" * 100]
    assert RawRow(2, ["x" * 40, "y" * 40]).text == f"{'x' * 40} · {'y' * 37}"


def test_every_visible_sheet_with_people_is_proposed_and_nothing_else():
    people, others = sheet(["Amina", "Salé", ""]), sheet(["Bahia", "Salé", ""], name="Deux")
    cover = sheet(["Liste des invités"], name="À lire", headings=["Bienvenue"])
    places = sheet(["Salé", "40"], name="Quotas", headings=["Délégation", "Places"])
    hidden = replace(others, is_hidden=True)

    def proposed(*sheets):
        return proposed_choices(sheets, {}, "").sheets

    assert proposed(people, others, places) == (0, 1)
    assert proposed(cover, people) == (1,)
    # The first one is read anyhow.
    assert proposed(people, hidden) is None
    assert proposed(places) is None


def test_the_second_sheet_is_numbered_beyond_every_row_of_the_first():
    assert row_label(SHEET_STEP + 1_048_576) == "2/1048576"


@pytest.mark.parametrize(
    ("written", "turned"),
    [
        ("BENJELLOUN Karim", "Karim BENJELLOUN"),
        ("EL FASSI Hind", "Hind EL FASSI"),
        ("El Fassi Hind", "Hind El Fassi"),
        ("Ben Ali Mohamed Amine", "Mohamed Amine Ben Ali"),
        ("Alaoui Amina", "Amina Alaoui"),
        ("Alaoui, Amina", "Amina Alaoui"),
        ("Karim BENJELLOUN", "Karim BENJELLOUN"),
        ("العلوي أمينة", "أمينة العلوي"),
        ("بن علي محمد أمين", "محمد أمين بن علي"),
        ("Madonna", "Madonna"),
        ("", ""),
        # a family name alone, whose given name nobody knows
        ("Ben Ali", "Ben Ali"),
        ("Ben El Fassi", "Ben El Fassi"),
        ("Ben El", "Ben El"),
        # one letter is no name in capitals
        ("Karim A.", "A. Karim"),
    ],
)
def test_a_family_name_that_is_first_is_put_last(written, turned):
    assert given_name_first(written) == turned


@pytest.mark.parametrize(
    ("heading", "names", "order"),
    [
        ("Nom et prénom", ["BENJELLOUN Karim", "EL FASSI Hind"], NameOrder.FAMILY_FIRST),
        ("Nom et prénom", ["Karim BENJELLOUN"], NameOrder.AS_WRITTEN),
        ("Nom et prénom", ["BENJELLOUN KARIM"], NameOrder.FAMILY_FIRST),
        ("Nom et prénom", ["Benjelloun Karim"], NameOrder.FAMILY_FIRST),
        ("Prénom et nom", ["Karim Benjelloun"], NameOrder.AS_WRITTEN),
        ("Nom", ["Karim Benjelloun"], None),
        ("Nom", ["ALAOUI Amina", "Karim TAZI"], None),
        ("Nom", [*["ALAOUI Amina"] * 4, "Karim TAZI"], NameOrder.FAMILY_FIRST),
        ("Nom", [*["ALAOUI Amina"] * 3, "Karim TAZI"], None),
        ("Nom", ["ALAOUI Amina", *["Karim TAZI"] * 4], NameOrder.AS_WRITTEN),
        ("Nom", [*["Madonna"] * 499, "ALAOUI Amina"], NameOrder.FAMILY_FIRST),
        ("Nom", [*["Madonna"] * 500, "ALAOUI Amina"], None),
        ("Last name first name", ["Alaoui Amina"], NameOrder.FAMILY_FIRST),
        ("النسب والاسم", ["العلوي أمينة"], NameOrder.FAMILY_FIRST),
        ("First name last name", ["Amina Alaoui"], NameOrder.AS_WRITTEN),
        ("الاسم والنسب", ["أمينة العلوي"], NameOrder.AS_WRITTEN),
    ],
)
def test_the_order_of_names_is_told_by_capitals_or_else_by_the_heading(heading, names, order):
    assert likely_order(heading, names) is order
