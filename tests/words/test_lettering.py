"""Which font draws a letter, and what is drawn for a letter that none of them has."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from checkin.words.lettering import (
    BOLD,
    DEJAVU,
    ETHIOPIC,
    FALLBACKS,
    FAMILIES,
    FONT_FILES,
    FONTS,
    REGULAR,
    TIFINAGH,
    font_for,
    font_with,
    has_letter,
    printed,
    printed_otherwise,
)
from checkin.words.lettering.faces import Face

TIFINAGH_LETTERS = "".join(
    chr(point) for point in range(0x2D30, 0x2D80) if unicodedata.category(chr(point)) == "Lo"
)
#: a name, and how it is printed
NAMES = [
    ("Fatima Zahra", "Fatima Zahra"),
    ("فاطمة الزهراء", "فاطمة الزهراء"),
    ("ⴰⵎⵓⵔ ⵏ ⵓⴽⵓⵛ", "ⴰⵎⵓⵔ ⵏ ⵓⴽⵓⵛ"),
    ("Иван Петров", "Иван Петров"),
    ("Ελένη", "Ελένη"),
    ("አማርኛ", "አማርኛ"),
    ("Nguyễn Ḥasan Ɛli", "Nguyễn Ḥasan Ɛli"),
    ("王小明", "Wang Xiao Ming"),
    ("Li 王", "Li Wang"),
    ("김철수", "Gim Cheol Su"),
    ("देवनागरी", "Devnagri"),
    ("Sara 🎉", "Sara"),
    ("👩🏽‍🚀 Nadia ❤️ Tazi", "Nadia Tazi"),
    ("🎉", "tada"),
    ("Amina\ue000", "Amina"),
    ("\ue000", "U+E000"),
    ("e\u0301", "é"),
    ("«\u00a0✓ ★ –\u00a0»", "«\u00a0✓ ★ –\u00a0»"),
]


@cache
def letters_of(file: str) -> frozenset[str]:
    """Return what the font itself says that it has."""
    with TTFont(FONTS / file) as font:
        return frozenset(map(chr, font.getBestCmap()))


def family_of(file: str) -> str:
    with TTFont(FONTS / file) as font:
        return str(font["name"].getDebugName(1))


def without_letters(text: str) -> set[str]:
    """Return the letters of a text for which no font of ours has a glyph."""
    seen = {one for one in text if not one.isspace() and unicodedata.category(one) != "Cf"}
    return {one for one in seen if not any(one in letters_of(file) for file in FONT_FILES)}


@pytest.mark.parametrize(("name", "drawn"), NAMES)
def test_a_name_is_printed_in_letters_that_our_fonts_have(name: str, drawn: str) -> None:
    assert printed(name) == drawn
    assert without_letters(drawn) == set()


def test_without_the_decision_there_would_be_boxes() -> None:
    boxes = {name for name, _ in NAMES if without_letters(name)}

    assert {"王小明", "Li 王", "김철수", "देवनागरी", "Sara 🎉", "Amina\ue000"} <= boxes
    assert printed("Nadia ❤️") == "Nadia", "a picture, although a font of ours has it"


def test_only_a_name_that_is_printed_otherwise_is_told() -> None:
    told = {name: printed_otherwise(name) for name, _ in NAMES}

    assert {name for name, said in told.items() if not said} == {
        name for name, drawn in NAMES if drawn == unicodedata.normalize("NFC", name)
    }
    assert told["王小明"] == "Wang Xiao Ming"


@settings(deadline=None)  # the first letter of a text opens the fonts
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20))
def test_no_text_is_drawn_with_a_box_or_as_nothing(text: str) -> None:
    drawn = printed(text)

    assert without_letters(drawn) <= set(filter(str.isspace, drawn))
    assert bool(drawn.strip()) == bool(text.strip())
    assert printed(drawn) == drawn


@pytest.mark.parametrize(
    ("letter", "file"),
    [("é", REGULAR), ("ش", REGULAR), ("ⵣ", TIFINAGH), ("አ", ETHIOPIC), ("Я", DEJAVU), ("漢", None)],
)
def test_the_first_font_that_has_a_letter_draws_it(letter: str, file: str | None) -> None:
    assert font_with(letter) == file


def test_marks_of_direction_cut_no_text_in_pieces_of_other_fonts() -> None:
    plain = "الباب 3 · Porte Nord، 06 12"
    marked = "\u2068الباب 3\u2069 · \u2068Porte Nord\u2069، \u206606 12\u2069"

    assert font_for(marked, BOLD) == BOLD
    assert Face(40, bold=True).length(marked) == Face(40, bold=True).length(plain)


def test_the_fonts_are_asked_what_they_have() -> None:
    asked = "aéشⵣⵯ⵿አЯΩ漢ⵜߒ\U0001f600"

    assert {(file, one) for file in FONT_FILES for one in asked if has_letter(file, one)} == {
        (file, one) for file in FONT_FILES for one in asked if one in letters_of(file)
    }


def test_one_font_has_all_of_tifinagh() -> None:
    assert len(TIFINAGH_LETTERS) >= 56
    assert font_for(TIFINAGH_LETTERS) == TIFINAGH
    assert not set(TIFINAGH_LETTERS) <= letters_of(DEJAVU), "which is why it is there"


def test_layouts_name_the_fonts_in_the_same_order() -> None:
    assert tuple(map(family_of, (REGULAR, *FALLBACKS))) == FAMILIES


@pytest.mark.parametrize("bold", [False, True])
def test_a_line_of_several_scripts_is_drawn_in_as_many_fonts(bold: bool) -> None:
    face = Face(40, bold)
    text = "Amina ⴰⵎⵓⵔ Иван"

    pieces = [(Path(str(font.path)).name, piece) for font, piece in face._pieces(text)]

    assert pieces == [
        (BOLD if bold else REGULAR, "Amina "),
        (TIFINAGH, "ⴰⵎⵓⵔ"),
        (BOLD if bold else REGULAR, " "),
        (DEJAVU, "Иван"),
    ]
    assert all(
        set(piece.split()[0] if piece.strip() else "") <= letters_of(f) for f, piece in pieces
    )


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("anchor", ["ls", "ms", "rs", "lm", "rm"])
def test_the_pieces_of_a_line_stand_beside_one_another(anchor: str, direction: str) -> None:
    face, text = Face(40), "محمد ⴰⵎⵓⵔ"
    picture = Image.new("L", (600, 120))
    at = {"l": 20, "m": 300, "r": 580}[anchor[0]]

    face.draw(ImageDraw.Draw(picture), (at, 70), text, anchor=anchor, direction=direction, fill=255)

    left, _, right, _ = picture.getbbox() or (0, 0, 0, 0)
    width = face.length(text, direction)
    begin = at - width * {"l": 0, "m": 0.5, "r": 1}[anchor[0]]
    assert abs(left - begin) < 6
    assert abs(right - begin - width) < 6
