"""A selection stands in an address, and is read from it again."""

from __future__ import annotations

import pytest

from checkin.domain.people.selection import (
    USUAL_COLUMNS,
    USUAL_COLUMNS_OF_ONE,
    Selection,
    Sort,
    Standing,
    selection_in,
)

ALL = Selection(
    text="Amina",
    delegation=3,
    category=2,
    standing=Standing.RESERVE,
    arrived=False,
    delivered="unreached",
    bus="none",
    flagged=True,
    sort=Sort.ARRIVED,
    down=True,
)


@pytest.mark.parametrize(
    "selection", [Selection(), ALL, Selection(arrived=True, bus="12"), Selection(bus="any")]
)
def test_an_address_gives_the_same_selection_again(selection):
    assert selection_in(selection.address()) == selection


def test_an_address_says_only_what_is_not_usual():
    assert Selection().address() == {}
    assert ALL.address() == {
        "q": "Amina",
        "delegation": "3",
        "category": "2",
        "status": "reserve",
        "arrived": "no",
        "delivered": "unreached",
        "bus": "none",
        "flagged": "yes",
        "sort": "arrived",
        "order": "down",
    }


def test_what_is_no_choice_leaves_nobody_out():
    strange = {
        "delegation": "x",
        "category": "-1",
        "status": "all",
        "arrived": "maybe",
        "bus": "٣",
        "flagged": "1",
        "sort": "id; drop",
        "order": "up",
    }

    assert selection_in(strange) == Selection()
    assert selection_in({"delegation": "9" * 10}) == Selection()
    assert selection_in({"delegation": "9" * 9}).delegation == 999_999_999
    assert len(selection_in({"q": "x" * 999}).text) == 200
    assert len(selection_in({"delivered": "x" * 999}).delivered) == 20


def test_a_list_shows_the_columns_that_organisers_or_coordinators_need_most():
    assert USUAL_COLUMNS == ("delegation", "category", "standing", "arrived")
    assert USUAL_COLUMNS_OF_ONE == ("phone", "category", "standing", "arrived")


def test_the_same_order_once_more_is_turned_round():
    by_name = Selection()

    assert by_name.sorted_by(Sort.NAME) == Selection(down=True)
    assert by_name.sorted_by(Sort.NAME).sorted_by(Sort.NAME) == by_name
    assert by_name.sorted_by(Sort.NUMBER) == Selection(sort=Sort.NUMBER)
    assert ALL.unordered().is_everybody is False
    assert Selection(sort=Sort.NUMBER, down=True).is_everybody
