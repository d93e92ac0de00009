from __future__ import annotations

from pathlib import Path

from badges.fonts import missing_fonts
from checkin.words.lettering import BOLD, FONT_FILES, FONTS


def test_every_font_file_exists_with_its_licence() -> None:
    assert missing_fonts() == []
    assert sorted(file.name for file in FONTS.glob("*.txt")) == [
        "DejaVu-LICENSE.txt",
        "NotoSansEthiopic-OFL.txt",
        "NotoSansTifinagh-OFL.txt",
        "Vazirmatn-OFL.txt",
    ]


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    (tmp_path / BOLD).touch()

    assert missing_fonts(tmp_path) == [name for name in FONT_FILES if name != BOLD]
