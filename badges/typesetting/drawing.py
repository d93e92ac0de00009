"""Lines of text drawn by Pillow: in the right font, joined, wrapped or shrunk to fit, centred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import ImageDraw, features

from badges.spec import BadgeError
from badges.texts import reads_right_to_left
from badges.typesetting.line_breaks import words_of
from checkin.words.lettering import printed
from checkin.words.lettering.faces import Face

_SMALLEST_PX = 12
# Letters of Vazirmatn rise 1.0 and fall 0.45 of the size where Arabic marks are stacked.
_LINE_HEIGHT = 1.5
# How much longer than their average a line may be where lines are to be about as long.
_EVEN = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A text, its size, and how many lines of `width_px` it may take before it is set smaller.

    `fill` is the number of its ink, and `gap_px` the space above its first line.
    """

    text: str
    size_px: int
    width_px: int
    fill: int
    bold: bool = True
    most_lines: int = 2
    gap_px: int = 0


@dataclass(frozen=True, slots=True)
class Set:
    """A row as it will be drawn: broken in lines, in a size that fits."""

    row: Row
    lines: tuple[str, ...]
    face: Face

    @property
    def line_px(self) -> int:
        """The height of one line."""
        return round(self.row.size_px * _LINE_HEIGHT)

    @property
    def height_px(self) -> int:
        """The height of all lines and the gap above them."""
        return self.row.gap_px + self.line_px * len(self.lines)


def require_shaping(*, shaping: bool | None = None) -> None:
    """Refuse to draw where Pillow cannot shape text.

    Without raqm it draws Arabic letters unjoined and reversed, and says nothing.

    Raises:
        BadgeError: says which system library is missing.
    """
    if not (features.check("raqm") if shaping is None else shaping):
        raise BadgeError(
            "Pillow cannot join Arabic letters here: install libfribidi0 "
            "(Debian, Ubuntu: apt-get install libfribidi0; macOS: brew install fribidi)"
        )


def set_row(row: Row) -> Set:
    """Break a row into lines that fit its width, shrinking it until there are few enough."""
    row = replace(row, text=printed(row.text))
    while True:
        face = Face(row.size_px, row.bold)
        lines = _wrapped(row.text, face, row.width_px)
        fits = len(lines) <= row.most_lines and max(map(face.length, lines)) <= row.width_px
        if fits or row.size_px <= _SMALLEST_PX:
            return Set(row, tuple(_evened(lines, face)), face)
        row = replace(row, size_px=max(_SMALLEST_PX, round(row.size_px * 0.92)))


def draw_centred(draw: ImageDraw.ImageDraw, rows: Sequence[Set], *, x: int, y: int) -> int:
    """Draw rows centred on `x`, the first one's top at `y`; return where the last one ends."""
    for row in rows:
        y += row.row.gap_px
        for line in row.lines:
            _draw_line(draw, row, line, x, y)
            y += row.line_px
    return y


def _draw_line(draw: ImageDraw.ImageDraw, row: Set, line: str, x: int, y: int) -> None:
    row.face.draw(
        draw,
        (x, y + row.line_px * 0.72),
        line,
        anchor="ms",
        direction="rtl" if reads_right_to_left(line) else "ltr",
        fill=row.row.fill,
    )


def _evened(lines: list[str], face: Face) -> list[str]:
    """Break the text into lines of about equal length: no single word is left on the last line."""
    if len(lines) == 1:
        return lines
    even_px = _EVEN * sum(map(face.length, lines)) / len(lines)
    even = _wrapped(" ".join(lines), face, round(even_px))
    return even if len(even) == len(lines) and max(map(face.length, even)) <= even_px else lines


def _wrapped(text: str, face: Face, width_px: int) -> list[str]:
    lines: list[str] = []
    for word in words_of(text):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.length(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
