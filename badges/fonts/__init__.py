"""The fonts of badges, and which of them has the letters of a text.

Vazirmatn writes French and Arabic alike; DejaVu Sans is used for letters that it lacks, as for
Tifinagh. Their licences lie beside them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst
from PIL import ImageFont

from badges.spec import BadgeError

FONTS = Path(__file__).parent
REGULAR = "Vazirmatn-Regular.ttf"
BOLD = "Vazirmatn-Bold.ttf"
FALLBACK = "DejaVuSans.ttf"
FONT_FILES = (REGULAR, BOLD, FALLBACK)

# A character that no font has: it is drawn as the font's box for a missing letter.
_NOBODYS_LETTER = "\U0010fffd"


def missing_fonts(folder: Path = FONTS) -> list[str]:
    """Return the names of the font files that are not in the folder."""
    return [name for name in FONT_FILES if not (folder / name).is_file()]


@cache
def layout_fonts() -> typst.Fonts:
    """Return these fonts, and no others, for the layout.

    Raises:
        BadgeError: one of the files is missing.
    """
    if missing := missing_fonts():
        raise BadgeError(f"{', '.join(missing)} not found in badges/fonts: restore the files")
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


@cache
def font_of(file: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Load a font for Pillow, shaping with raqm so that Arabic letters join."""
    return ImageFont.truetype(FONTS / file, size_px, layout_engine=ImageFont.Layout.RAQM)


@cache
def has_letter(file: str, letter: str) -> bool:
    """Say whether the font can draw the letter, and not just a box in its place."""
    font = ImageFont.truetype(FONTS / file, 32, layout_engine=ImageFont.Layout.BASIC)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOBODYS_LETTER))
