"""Text drawn by Pillow in our fonts: in pieces where its letters are in several of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from PIL import ImageDraw, ImageFont

from checkin.words.lettering import BOLD, FONTS, REGULAR, font_for, font_with

_WORDS = re.compile(r"\s+|\S+")


@cache
def font_of(file: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Load a font for Pillow; where raqm is there, it shapes, so that Arabic letters join."""
    return ImageFont.truetype(FONTS / file, size_px)


@dataclass(frozen=True, slots=True)
class Face:
    """Vazirmatn in a size, with our other fonts for the words that it cannot write."""

    size_px: int
    bold: bool = False

    @property
    def main(self) -> ImageFont.FreeTypeFont:
        """The font of most texts."""
        return font_of(self._file, self.size_px)

    @property
    def _file(self) -> str:
        return BOLD if self.bold else REGULAR

    def length(self, text: str, direction: str | None = None) -> float:
        """Return how wide a printed text is, in pixels."""
        return sum(font.getlength(piece, direction=direction) for font, piece in self._pieces(text))

    def draw(
        self,
        draw: ImageDraw.ImageDraw,
        xy: tuple[float, float],
        text: str,
        *,
        anchor: str,
        direction: str | None,
        **more: Any,
    ) -> None:
        """Draw a printed text as Pillow's `ImageDraw.text` does.

        Args:
            anchor: left, middle or right of the text ("l", "m", "r"), then "m" or "s" as Pillow's.
        """
        pieces = list(self._pieces(text))
        if len(pieces) == 1:
            [(font, text)] = pieces
            draw.text(xy, text, font=font, anchor=anchor, direction=direction, **more)
            return
        x = xy[0] - self.length(text, direction) * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
        for font, piece in reversed(pieces) if direction == "rtl" else pieces:
            draw.text(
                (x, self._baseline(xy[1], anchor)),
                piece,
                font=font,
                anchor="ls",
                direction=direction,
                **more,
            )
            x += font.getlength(piece, direction=direction)

    def _baseline(self, y: float, anchor: str) -> float:
        if anchor[1] == "s":
            return y
        ascent, descent = self.main.getmetrics()
        return y + (ascent - descent) / 2

    def _pieces(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """Yield the parts of a text in their order, each with the font that has its letters.

        A word is in one font if one has all of it: letters of two fonts would not join.
        """
        if font_for(text, self._file) == self._file:
            yield self.main, text
            return
        letters: list[tuple[str, str]] = []
        for word in _WORDS.findall(text):
            whole = self._file if word.isspace() else font_for(word, self._file)
            letters += ((whole or font_with(letter) or self._file, letter) for letter in word)
        for file, group in groupby(letters, key=lambda one: one[0]):
            yield font_of(file, self.size_px), "".join(letter for _, letter in group)
