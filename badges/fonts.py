"""The fonts of badges for the layout; `checkin.words.lettering` says which letters they have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst

from badges.spec import BadgeError
from checkin.words.lettering import FONT_FILES, FONTS


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
        raise BadgeError(f"{', '.join(missing)} not found in {FONTS}: restore the files")
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
