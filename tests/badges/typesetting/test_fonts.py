from __future__ import annotations

from pathlib import Path

import pytest

from badges.fonts import BOLD, FALLBACK, FONT_FILES, FONTS, has_letter, missing_fonts


def test_every_font_file_exists_with_its_licence() -> None:
    assert missing_fonts() == []
    assert sorted(file.name for file in FONTS.glob("*.txt")) == [
        "DejaVu-LICENSE.txt",
        "Vazirmatn-OFL.txt",
    ]


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    (tmp_path / BOLD).touch()

    assert missing_fonts(tmp_path) == [name for name in FONT_FILES if name != BOLD]


@pytest.mark.parametrize(
    ("letter", "fonts"),
    [("é", [BOLD, FALLBACK]), ("ش", [BOLD, FALLBACK]), ("ⵜ", [FALLBACK]), ("漢", [])],
)
def test_a_font_tells_which_letters_it_has(letter: str, fonts: list[str]) -> None:
    assert [font for font in (BOLD, FALLBACK) if has_letter(font, letter)] == fonts
