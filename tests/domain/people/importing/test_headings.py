"""The columns of a list are recognised by their headings, and its cells by their columns."""

from __future__ import annotations

import pytest

from checkin.domain.people.importing.headings import Columns, column_named, match_headings
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.words.unreadable import unreadable_sentence


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Prénom", "first_name"),
        ("الهاتف / GSM", "phone"),
        ("E-mail *", "email"),
        ("Province/Préfecture", "delegation"),
        ("Contact (tél)", "phone"),
        ("Taille | Langue", "language"),
        ("", None),
        ("Taille", None),
        ("x" * 96 + "/nom", "name"),  # a hundred characters
        ("x" * 97 + "/nom", None),
    ],
)
def test_a_heading_names_a_column_wholly_or_by_one_of_its_parts(heading, column):
    assert column_named(heading) == column


def test_a_table_has_known_columns_unknown_ones_and_a_width():
    columns = match_headings(["Délégation", "", "Taille", "Nom complet", "", ""])

    assert columns == Columns(((0, "delegation"), (3, "name")), ("Taille",), 4)


@pytest.mark.parametrize(
    ("headings", "meanings"),
    [
        (["Nom", "Prénom"], ["last_name", "first_name"]),
        (["Nom", "Nom de famille"], ["first_name", "last_name"]),
        (["الاسم", "النسب"], ["first_name_ar", "last_name_ar"]),
        (["الاسم", "الاسم الشخصي"], ["last_name_ar", "first_name_ar"]),
        (["Nom", "Prénom", "Nom de famille"], ["name", "first_name", "last_name"]),
        (["Nom", "الاسم"], ["name", "name_ar"]),
        (["Prénom", "Nom de famille"], ["first_name", "last_name"]),
    ],
)
def test_a_name_beside_one_half_of_it_is_the_other_half(headings, meanings):
    columns = match_headings(headings, delegation_required=False)

    assert columns.meanings == tuple(enumerate(meanings))


@pytest.mark.parametrize(
    ("headings", "required", "reason", "facts"),
    [
        (
            ["Nom", "Tél", "", "GSM"],
            False,
            "duplicated_columns",
            ("Tél", "GSM"),
        ),
        (
            ["Province", "Tél"],
            True,
            "missing_columns",
            ("Nom / الاسم / Name", "Province, Tél"),
        ),
        (
            ["Nom", "", "Tél"],
            True,
            "missing_columns",
            ("Délégation / الوفد / Delegation", "Nom, Tél"),
        ),
        (
            [""],
            True,
            "missing_columns",
            ("Nom / الاسم / Name + Délégation / الوفد / Delegation", "–"),
        ),
    ],
)
def test_a_list_without_names_or_with_a_column_twice_is_refused(headings, required, reason, facts):
    with pytest.raises(UnreadableFile) as refused:
        match_headings(headings, delegation_required=required)

    assert (refused.value.reason, refused.value.facts) == (reason, facts)
    assert str(refused.value) == unreadable_sentence(refused.value, "en")


HALVES = match_headings(
    ["Prénom", "Nom de famille", "النسب", "الاسم الشخصي", "Tél"], delegation_required=False
)


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (["Amina", "El Fassi", "", "", "06"], {"name": "Amina El Fassi", "phone": "06"}),
        ([" Amina ", " El Fassi "], {"name": "Amina El Fassi"}),
        (["Amina"], {"name": "Amina"}),
        (["", "El Fassi"], {"name": "El Fassi"}),
        (["", "", "الفاسي", "أمينة"], {"name_ar": "أمينة الفاسي"}),
        ([], {}),
        # a formula keeps its place at the front, where it is refused
        (["Amina", "=1+1"], {"name": "=1+1 Amina"}),
        (["Amina", "@SUM"], {"name": "@SUM Amina"}),
        (["Amina", "-1"], {"name": "Amina -1"}),
        (["x" * 300, "y" * 300], {"name": "x" * 250 + " " + "y" * 250}),
    ],
)
def test_first_and_last_names_are_joined(row, cells):
    assert HALVES.cells(row) == cells


def test_a_whole_name_is_taken_before_its_halves():
    columns = match_headings(["Nom", "Prénom", "Nom de famille"], delegation_required=False)

    assert columns.cells(["Amina El Fassi", "A.", "E."]) == {"name": "Amina El Fassi"}
    assert columns.cells(["", "Amina", "El Fassi"]) == {"name": "Amina El Fassi"}
