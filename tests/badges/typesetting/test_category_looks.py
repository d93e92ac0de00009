"""Categories are told apart, and their colours can be read."""

from __future__ import annotations

import pytest

from badges.spec import SHAPES
from badges.typesetting.category_looks import COLOURS, CategoryLook, next_look
from badges.typesetting.colour import LIGHT, contrast, ink_on

#: what categories' marks stand on, on light and on dark pages
PAGES = ("#ffffff", "#f7f5ef", "#19211c", "#101612")


@pytest.mark.parametrize("colour", COLOURS)
def test_each_colour_is_read_on_badges_and_seen_on_pages(colour):
    assert ink_on(colour) == LIGHT
    assert contrast(colour, LIGHT) >= 4.5
    assert min(contrast(colour, page) for page in PAGES) >= 3


def test_categories_in_a_row_look_different():
    looks: list[CategoryLook] = []
    for _ in range(30):
        looks.append(next_look(looks))

    assert len(set(looks)) == 30
    assert [look.colour for look in looks[:10]] == list(COLOURS)
    assert [look.shape for look in looks[:6]] == list(SHAPES)


def test_what_somebody_has_chosen_is_not_given_again():
    chosen = [CategoryLook(COLOURS[0].upper(), "circle"), CategoryLook("#000000", "square")]

    assert next_look(chosen) == CategoryLook(COLOURS[1], "triangle")
