"""What is asked about the sheets of a file, what of it is answered, and who has to look at it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.common.choices import Choices
from checkin.domain.people.importing.list_questions import (
    AskedColumn,
    AskedLine,
    AskedOrder,
    AskedSheet,
    AskedValue,
    Questions,
    proposed_choices,
    questions_of,
)
from checkin.domain.people.importing.sheets import RawRow, RawSheet, SheetChoices
from tests.domain.people.importing.import_plans import CATEGORIES, DELEGATIONS

HEADINGS = ["Nom", "Délégation", "Catégorie"]
KNOWN = {"delegation": Choices(DELEGATIONS), "category": Choices(CATEGORIES)}
NO_CHOICES = SheetChoices()


def sheet(*rows, name="", headings=HEADINGS, hidden=(), **more):
    lines = [
        RawRow(1, headings),
        *(RawRow(at, list(row), is_hidden=at in hidden) for at, row in enumerate(rows, 2)),
    ]
    return RawSheet(name, lines, **more)


def asked(*sheets, choices=NO_CHOICES, known=KNOWN, most_rows=1000):
    return questions_of(sheets, choices, known, most_rows)


def test_everything_is_asked_that_a_file_leaves_open():
    people = sheet(
        ["ALAOUI Amina", "Tanger", "Élus"],
        ["TAZI Karim", "Salé", ""],
        ["Driss NACIRI", "tanger", "Élu"],
        ["FASSI Hind", "TANGER", "Élu"],
        ["BENNANI Ali", "Salé", "Presse"],
        ["Total : 5", "", ""],
        name="Un",
    )
    others = sheet(["Amina", "Salé", "Élu"], name="Trois", is_hidden=True)

    assert asked(people, sheet(name="Deux"), others) == Questions(
        sheets=(AskedSheet(0, "Un", 6, True, False), AskedSheet(2, "Trois", 1, False, True)),
        columns=(
            AskedColumn("nom", "Nom", "name", ("ALAOUI Amina", "TAZI Karim", "Driss NACIRI")),
            AskedColumn("delegation", "Délégation", "delegation", ("Tanger", "Salé", "tanger")),
            AskedColumn("categorie", "Catégorie", "category", ("Élus", "Élu", "Presse")),
        ),
        lines=(AskedLine(7, "7", "sum", "Total : 5", False),),
        orders=(
            AskedOrder(
                "name",
                False,
                (
                    ("ALAOUI Amina", "Amina ALAOUI"),
                    ("TAZI Karim", "Karim TAZI"),
                    ("FASSI Hind", "Hind FASSI"),
                ),
            ),
        ),
        values={
            "delegation": (AskedValue("tanger", "Tanger", 3, "", ""),),
            "category": (
                AskedValue("elus", "Élus", 1, "", "Élu"),
                AskedValue("presse", "Presse", 1, "", ""),
            ),
        },
        empty={"delegation": 0, "category": 1},
        faults=(),
        rows=5,
    )


def test_what_was_chosen_is_asked_with_its_answer():
    people = sheet(["ALAOUI Amina", "Tanger", ""], ["Total", "", "2"])
    choices = SheetChoices(
        turned=frozenset({"name"}),
        entries=frozenset({3}),
        values={"delegation": {"tanger": "Salé"}},
        defaults={"category": "Élu"},
    )

    questions = asked(people, choices=choices)

    assert questions.orders == (AskedOrder("name", True, (("ALAOUI Amina", "Amina ALAOUI"),)),)
    assert questions.lines == (AskedLine(3, "3", "sum", "Total · 2", True),)
    assert questions.values["delegation"] == (AskedValue("tanger", "Tanger", 1, "Salé", ""),)
    assert questions.empty == {"delegation": 1, "category": 1}


def test_the_first_of_two_sheets_tells_how_a_column_is_called():
    first = sheet(["Amina", "Salé", "Élu"], headings=["Nom", "Délégation", "Fonction"])
    second = sheet(["Bahia", "Salé", "Élu"], headings=["nom", "Délégation", "Qualité"])

    columns = asked(first, second, choices=SheetChoices(sheets=(0, 1))).columns

    assert [(one.heading, one.samples) for one in columns] == [
        *(("Nom", ("Amina",)), ("Délégation", ("Salé",))),
        *(("Fonction", ("Élu",)), ("Qualité", ("Élu",))),
    ]


def test_a_column_without_a_heading_is_called_by_its_letters_if_something_stands_in_it():
    cells = [""] * 703
    for at in (3, 25, 26, 52, 702):
        cells[at] = f"x{at}"
    choices = SheetChoices(columns={"#4": "note"})

    columns = asked(sheet(cells, ["Amina"]), choices=choices).columns

    assert columns[3:] == (
        AskedColumn("#4", "D", "note", ("x3",)),
        AskedColumn("#26", "Z", "", ("x25",)),
        AskedColumn("#27", "AA", "", ("x26",)),
        AskedColumn("#53", "BA", "", ("x52",)),
        AskedColumn("#703", "AAA", "", ("x702",)),
    )


def test_samples_of_a_column_differ_and_are_cut():
    rows = [["x" * 41, "Salé"], ["x" * 42, "Salé"], ["", "Salé"]]

    [names, delegations, _category] = asked(sheet(*rows)).columns

    assert (names.samples, delegations.samples) == (("x" * 40,), ("Salé",))


def test_hidden_lines_are_asked_about_whether_they_are_read_or_not():
    people = sheet(["Amina", "Salé"], ["Bahia", "Salé"], ["Total", "", "2"], hidden=(2, 4))

    left_out = asked(people).lines
    read = asked(people, choices=SheetChoices(with_hidden=True)).lines

    assert left_out == (
        AskedLine(2, "2", "hidden", "Amina · Salé", False),
        AskedLine(4, "4", "hidden", "Total · 2", False),
    )
    assert read == (replace(left_out[0], is_read=True), left_out[1])


def test_a_line_that_looks_like_no_entry_only_beside_hidden_ones_is_asked_about_with_them():
    rows = [*[["Amina", "Salé", "Élu"]] * 3, ["Bahia"], ["x" * 41]]
    people = sheet(*rows, hidden=(2, 3, 4))

    read = asked(people, choices=SheetChoices(with_hidden=True)).lines

    assert [(line.number, line.reason, line.is_read) for line in read] == [
        *((number, "hidden", True) for number in (2, 3, 4)),
        (6, "remark", False),
    ]
    assert [line.number for line in asked(people).lines] == [2, 3, 4]


def test_a_hundred_lines_are_asked_about():
    people = sheet(*[["Amina", "Salé"]] * 101, hidden=range(2, 103))

    assert len(asked(people).lines) == 100


def test_of_the_first_five_hundred_names_some_show_how_they_would_be_turned():
    def orders(as_they_are):
        return asked(sheet(*[["Madonna"]] * as_they_are, ["ALAOUI Amina"])).orders

    assert orders(499) == (AskedOrder("name", False, (("ALAOUI Amina", "Amina ALAOUI"),)),)
    assert orders(500) == ()


def test_the_sixty_most_frequent_unknown_values_are_asked_about():
    once = [["Amina", f"x{number}"] for number in range(61)]
    people = sheet(*once, ["Bahia", "x60"], ["Chafik", ""])

    values = asked(people).values["delegation"]

    assert (len(values), values[0]) == (60, AskedValue("x60", "x60", 2, "", ""))


def test_an_unknown_value_is_shown_as_long_as_one_that_is_just_too_long_for_a_name():
    [value] = asked(sheet(["Amina", "x" * 122])).values["delegation"]

    assert value.text == "x" * 121


@pytest.mark.parametrize(("others", "nearest"), [(299, "Khémisset"), (300, "")])
def test_of_three_hundred_names_the_nearest_is_proposed(others, nearest):
    names = [*(f"{number}" for number in range(others)), "Khémisset"]
    known = {"delegation": Choices((at, (name,)) for at, name in enumerate(names))}

    [value] = asked(sheet(["Amina", "Khemiset"]), known=known).values["delegation"]

    assert value.nearest == nearest


def test_what_has_to_be_chosen_otherwise_first_is_a_fault():
    people = sheet(["Amina", "Salé", "Élu"], ["Bahia", "Salé", "Élu"])
    places = sheet(["Salé", "Élu"], headings=["Délégation", "Catégorie"])
    twice = SheetChoices(columns=dict.fromkeys(("delegation", "categorie"), "category"))
    thrice = SheetChoices(columns=dict.fromkeys(("nom", "delegation", "categorie"), "name"))
    both = SheetChoices(sheets=(0, 1))
    more = sheet(["Chafik", "Élu"], headings=["Participant", "Fonction"])

    assert asked(sheet()).faults == ("no_sheet",)
    assert asked(places).faults == ("no_name",)
    assert asked(people, choices=twice).faults == ("two_columns:category",)
    assert asked(people, choices=thrice).faults == ("two_columns:name",)
    # Sheets may call one thing otherwise each.
    assert asked(people, more, choices=both).faults == ()
    assert [asked(people, most_rows=most).faults for most in (2, 1)] == [(), ("too_many_rows",)]
    assert asked(people, replace(more, is_too_long=True), choices=both).faults == ("too_many_rows",)


NOTHING = Questions(
    sheets=(AskedSheet(0, "Un", 1, True, False),),
    columns=(AskedColumn("nom", "Nom", "name", ("Amina",)),),
    lines=(),
    orders=(AskedOrder("name_ar", False, ()),),
    values={},
    empty={},
    faults=(),
    rows=1,
)
OPEN, ANSWERED = AskedValue("x", "x", 1, "", ""), AskedValue("y", "y", 1, "Salé", "")


@pytest.mark.parametrize(
    ("questions", "defaults", "is_answered"),
    [
        ({}, {}, True),
        ({"faults": ("no_name",)}, {}, False),
        ({"values": {"delegation": (ANSWERED, OPEN)}}, {}, False),
        ({"values": {"delegation": (ANSWERED,)}}, {}, True),
        ({"empty": {"category": 1, "delegation": 0}}, {}, False),
        ({"empty": {"category": 1}}, {"category": "Élu"}, True),
        ({"empty": {"category": 0}}, {}, True),
    ],
)
def test_a_question_is_answered_by_a_choice(questions, defaults, is_answered):
    asked_about, choices = replace(NOTHING, **questions), SheetChoices(defaults=defaults)

    assert asked_about.is_answered(choices) is is_answered
    assert asked_about.is_to_be_seen(choices) is not is_answered


@pytest.mark.parametrize(
    ("questions", "is_to_be_seen"),
    [
        ({"sheets": (*NOTHING.sheets, AskedSheet(1, "Deux", 1, False, False))}, True),
        ({"sheets": (*NOTHING.sheets, AskedSheet(1, "Deux", 1, False, True))}, False),
        ({"lines": (AskedLine(2, "2", "sum", "Total", False),)}, True),
        ({"orders": (*NOTHING.orders, AskedOrder("name", True, ()))}, True),
        ({"columns": (*NOTHING.columns, AskedColumn("âge", "Âge", "", ("30",)))}, True),
        ({"columns": (*NOTHING.columns, AskedColumn("âge", "Âge", "", ()))}, False),
        ({"columns": (*NOTHING.columns, AskedColumn("vu", "Vu", "", ("x",)))}, False),
    ],
)
def test_whoever_uploads_a_file_sees_what_is_not_as_usual(questions, is_to_be_seen):
    choices = SheetChoices(columns={"vu": ""})

    assert replace(NOTHING, **questions).is_to_be_seen(choices) is is_to_be_seen


def test_names_are_proposed_to_be_turned_where_the_family_name_seems_to_be_first():
    def proposed(heading, name, heading_ar="", name_ar=""):
        return proposed_choices([sheet([name, name_ar], headings=[heading, heading_ar])], {}, "")

    assert proposed("Nom et prénom", "Benjelloun Karim").turned == {"name"}
    assert proposed("Prénom et nom", "Karim Benjelloun").turned == frozenset()
    # Of two sheets, the heading of the first one counts.
    first = sheet(["Karim Benjelloun", "Salé"], headings=["Prénom et nom", "Délégation"])
    second = sheet(["Benjelloun Karim", "Salé"], headings=["Nom et prénom", "Délégation"])
    assert proposed_choices([first, second], {}, "").turned == frozenset()


def test_a_sheet_of_people_has_a_column_of_names_and_another_one_that_is_known():
    people = sheet(["Amina", "Salé", "Élu"])

    def proposed(*headings, remembered=None):
        return proposed_choices(
            [people, sheet(["x", "y"], headings=headings)], remembered or {}, ""
        )

    assert proposed("Nom", "Délégation").sheets == (0, 1)
    assert proposed("Nom", "Âge").sheets is None
    assert proposed("Délégation", "Catégorie").sheets is None
    assert proposed("Nom", "Âge", remembered={"age": "note"}).sheets == (0, 1)


def test_the_only_category_of_an_event_is_not_asked_about():
    people = [sheet(["Amina", "Salé", ""])]

    assert proposed_choices(people, {"x": "note"}, "Élu") == SheetChoices(
        columns={"x": "note"}, defaults={"category": "Élu"}
    )
    assert proposed_choices(people, {}, "").defaults == {}
