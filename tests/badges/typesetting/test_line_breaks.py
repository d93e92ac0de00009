"""Words stay with what they belong to, and joined letters are reckoned as they are drawn."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from badges.typesetting.drawing import Row, set_row
from badges.typesetting.joining import joined
from badges.typesetting.line_breaks import words_of
from badges.typesetting.lines import line_of
from checkin.words.lettering import BOLD, FONTS
from tests.badges.specs import NAMES


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Abdellah El Alaoui", ["Abdellah", "El\u00a0Alaoui"]),
        ("Mohammed Aït Benhaddou", ["Mohammed", "Aït\u00a0Benhaddou"]),
        ("خديجة بنت عَبْدِ اللَّهِ", ["خديجة", "بنت\u00a0عَبْدِ\u00a0اللَّهِ"]),
        ("مولاي عبد الله العلوي", ["مولاي\u00a0عبد\u00a0الله", "العلوي"]),
        ("El Benabdelkrim-Benchekroun", ["El", "Benabdelkrim-Benchekroun"]),
    ],
)
def test_a_particle_is_not_separated_from_the_next_word_of_a_name(
    name: str, words: list[str]
) -> None:
    assert words_of(name) == words


def test_calculated_joined_letters_equal_the_drawn_ones_and_marks_have_no_width() -> None:
    assert joined("مُحَمَّد") == "\ufee3\ufea4\ufee4\ufeaa"  # initial, medial, medial, final
    assert joined("دار") == "\ufea9\ufe8d\ufead"  # letters that join nothing after them
    assert joined("Élu ⵜⵉ") == "Élu ⵜⵉ"


@pytest.mark.parametrize("name", [name for both in NAMES[:3] for name in both])
def test_the_calculated_width_of_a_line_is_never_less_than_the_drawn_one(name: str) -> None:
    font = ImageFont.truetype(FONTS / BOLD, 1000, layout_engine=ImageFont.Layout.RAQM)

    reckoned = 1000 * line_of(name)["ems"]

    assert font.getlength(name) <= reckoned < 1.09 * font.getlength(name)


def test_no_word_of_a_long_name_stands_alone_on_the_last_line() -> None:
    name = "Khadija Bent Moulay Abdellah Alaoui M’daghri Naïma"

    first, last = set_row(Row(text=name, size_px=60, width_px=1250, fill=0)).lines

    assert 0.7 < len(last) / len(first) < 1.4
