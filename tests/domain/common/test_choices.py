"""Delegations and categories are found by name, and the nearest names are told."""

from __future__ import annotations

import pytest

from checkin.domain.common.choices import Choices
from checkin.domain.common.problems import Problem

NAMED = [
    (1, ["Khémisset", "الخميسات"]),
    (2, ["Tiflet", None]),
    (3, [None, "الرماني"]),
    (4, ["Tifelt", ""]),
    (5, ["Tiflett", "Tiflet"]),
]


@pytest.mark.parametrize(
    ("name", "found"),
    [("khemisset", 1), ("الخميسات", 1), ("TIFLET", 2), ("الرماني", 3), ("Rabat", None), ("", None)],
)
def test_a_name_is_found_in_either_script_and_the_first_of_two_counts(name, found):
    choices = Choices(NAMED)

    assert [choices.id_of(name), choices.id_of(name)] == [found, found]


def test_the_three_nearest_names_are_told_or_the_first_three():
    choices = Choices([*NAMED, (6, ["Tiflets"])])

    assert choices.nearest("Tiflét") == ("Tiflet", "Tiflett", "Tiflets")
    assert choices.nearest("zzz") == ("Khémisset", "الخميسات", "Tiflet")
    assert choices.nearest("zzz") == ("Khémisset", "الخميسات", "Tiflet")


def test_after_200_unknown_names_the_first_names_are_told():
    choices = Choices(NAMED)
    for number in range(199):
        choices.nearest(f"{number}{number}")

    last_compared, first_not_compared = choices.nearest("Tifletou"), choices.nearest("Tifletin")

    assert last_compared == ("Tiflet", "Tiflett", "Tifelt")
    assert first_not_compared == ("Khémisset", "الخميسات", "Tiflet")


def test_an_unknown_name_is_a_problem_with_the_nearest_names():
    assert Choices(NAMED[:1]).unknown("delegation", "Kemisset") == Problem(
        "delegation", "unknown_delegation", "Kemisset", ("Khémisset",)
    )
    assert Choices([]).unknown("category", "Élu") == Problem(
        "category", "unknown_category", "Élu", ("–",)
    )
