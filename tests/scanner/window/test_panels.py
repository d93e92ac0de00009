"""What stands over the whole view of the window: the volunteer's card, and lists of options."""

from dataclasses import replace

import numpy as np
import pytest

from checkin.words.languages import LANGUAGES
from checkin.words.volunteer_card import volunteer_card
from scanner.window.drawing.compose import HEIGHT_PX, WIDTH_PX
from scanner.window.drawing.panel import form_image
from scanner.window.drawing.strip import STRIP_PX
from scanner.window.drawing.text import line_step
from scanner.window.drawing.volunteer_card import fitted_paragraphs
from scanner.window.form import Field, Option, Purpose, opened, told

SIZE = (WIDTH_PX, HEIGHT_PX - STRIP_PX)
NAME = "Mohammed El Khattabi · محمد الخطابي"
LONG = "entrée à 15:12 · Khémisset · Conseil national · Car 1 · tél. …22"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_volunteers_card_fits_in_letters_that_can_be_read(language):
    size_px, paragraphs = fitted_paragraphs(volunteer_card(language).trouble, WIDTH_PX, 192)

    assert size_px >= 20
    assert sum(map(len, paragraphs)) * line_step(size_px) <= 192


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("detail", [LONG, "confirmé"])
def test_the_five_who_are_found_are_all_shown(language, detail):
    people = tuple(Option(NAME, number, detail) for number in range(5))
    form = told(opened(Purpose.SEARCH, Field("field_sought")), "found_more", count=5, more=6)

    def drawn(*options):
        return np.asarray(form_image(replace(form, options=options), language, *SIZE))

    another = drawn(*people[:4], replace(people[4], label="Salma", detail="Tiflet"))
    assert (drawn(*people) != another).any()


def test_details_are_written_as_large_for_each_who_is_found():
    form = opened(Purpose.SEARCH, Field("field_sought"))
    short, long = Option(NAME, 1, "confirmé · tél. …22"), Option(NAME, 2, LONG)

    def height_of_details(*options):
        picture = np.asarray(form_image(replace(form, options=options), "fr", *SIZE))
        return picture[184 + 64 : 184 + 128].max(axis=(1, 2)) > 128

    assert height_of_details(long, short).sum() == height_of_details(long, long).sum()
