"""The window writes every name: in the font that has its letters, or in Latin letters."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from checkin.words.lettering import printed
from scanner.window.drawing import text


def drawn(name: str) -> bytes:
    picture = Image.new("RGB", (700, 200))
    draw = ImageDraw.Draw(picture)
    place = {"left": 10, "right": 690, "size_px": 40, "colour": "#ffffff"}
    text.draw_line(draw, name, middle=50, **place)
    text.draw_paragraph(draw, name, middle=140, most_lines=2, bold=True, **place)
    return picture.tobytes()


@pytest.mark.parametrize(
    "name", ["ⴰⵎⵓⵔ ⵏ ⵓⴽⵓⵛ", "Иван Петров", "አበበ ቢቂላ", "王小明", "Sara 🎉", "🎉", "محمد ⴰⵎⵓⵔ"]
)
def test_a_name_is_drawn_as_it_is_printed(name: str) -> None:
    assert drawn(name) == drawn(printed(name))
    assert drawn(name) not in (drawn(""), drawn("□" * len(name)))
    assert text.width_of(name, 40) > 0


def test_without_the_decision_names_could_not_be_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert drawn("王小明") != drawn("李大白")
    monkeypatch.setattr(text, "printed", str)
    assert drawn("王小明") == drawn("李大白")
