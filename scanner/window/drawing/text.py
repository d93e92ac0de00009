"""Draw text in both scripts by Pillow with raqm: Arabic joined and from right to left."""

from __future__ import annotations

import re
from typing import Any

from PIL import ImageDraw, features

from checkin.words.lettering import printed
from checkin.words.lettering.faces import Face

SMALLEST_PX = 18
#: where a line may break: not at a no-break space, which keeps a French mark to its word
_SPACES = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def can_shape() -> bool:
    """Say whether Arabic is drawn joined: Pillow's wheel needs the system's libfribidi."""
    return bool(features.check("raqm"))


def is_arabic(text: str) -> bool:
    """Say whether a text has Arabic letters."""
    return any("\u0600" <= letter <= "\u08ff" or "\ufb50" <= letter <= "\ufeff" for letter in text)


def draw_line(
    draw: ImageDraw.ImageDraw,
    text: str,
    *,
    left: int,
    right: int,
    middle: int,
    size_px: int,
    colour: str,
    bold: bool = False,
    rtl: bool = False,
) -> int:
    """Draw one line between `left` and `right`, its middle at height `middle`; return its width.

    It starts at the side where its reader starts (`rtl`: the right). Too long a text is set
    smaller, and cut with an ellipsis only when it would become too small to read.
    """
    text, face = _fitted(printed(text), right - left, size_px, bold)
    x, anchor = (right, "rm") if rtl else (left, "lm")
    way = _direction(text, rtl=rtl)
    face.draw(draw, (x, middle), text, anchor=anchor, direction=way, fill=colour)
    return round(_width(text, face))


def draw_paragraph(
    draw: ImageDraw.ImageDraw,
    text: str,
    *,
    left: int,
    right: int,
    middle: int,
    size_px: int,
    colour: str,
    most_lines: int = 3,
    bold: bool = False,
    rtl: bool = False,
) -> None:
    """Draw a sentence on as many lines as it needs, centred on the height `middle`."""
    lines, size_px = fitted_lines(text, right - left, size_px, most_lines, bold)
    top = middle - len(lines) * line_step(size_px) // 2
    draw_lines(draw, lines, (left, right), top, size_px, colour, bold=bold, rtl=rtl)


def fitted_lines(
    text: str, room: int, size_px: int, most_lines: int, bold: bool
) -> tuple[list[str], int]:
    """Return a text's lines within a width, and the size in which they are as few as they may be.

    The last line is cut only at a size below which nobody could read it.
    """
    text = printed(text)
    lines = _wrapped(text, room, Face(size_px, bold))
    while len(lines) > most_lines and size_px > SMALLEST_PX:
        size_px -= 2
        lines = _wrapped(text, room, Face(size_px, bold))
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], " ".join(lines[most_lines - 1 :])]
    return lines, size_px


def line_step(size_px: int) -> int:
    """Return the height that a line of this size takes, with the space to the next one."""
    return round(size_px * 1.35)


def draw_lines(
    draw: ImageDraw.ImageDraw,
    lines: list[str],
    span: tuple[int, int],
    top: int,
    size_px: int,
    colour: str,
    *,
    bold: bool = False,
    rtl: bool = False,
) -> None:
    """Draw lines below one another from the height `top` on, between left and right of `span`."""
    step = line_step(size_px)
    style: dict[str, Any] = {"size_px": size_px, "colour": colour, "bold": bold, "rtl": rtl}
    for number, line in enumerate(lines):
        middle = top + step // 2 + number * step
        draw_line(draw, line, left=span[0], right=span[1], middle=middle, **style)


def width_of(text: str, size_px: int, *, bold: bool = False) -> float:
    """Return how wide a text would be in pixels."""
    return _width(printed(text), Face(size_px, bold))


def _wrapped(text: str, room: int, face: Face) -> list[str]:
    lines = [""]
    for word in _SPACES.split(text.strip()):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or _width(longer, face) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitted(text: str, room: int, size_px: int, bold: bool) -> tuple[str, Face]:
    smallest = max(SMALLEST_PX, size_px * 2 // 5)
    while size_px > smallest and _width(text, Face(size_px, bold)) > room:
        size_px -= 2
    face = Face(size_px, bold)
    if _width(text, face) <= room:
        return text, face
    while text and _width(text + "…", face) > room:
        text = text[:-1]
    return text.rstrip() + "…", face


def _width(text: str, face: Face) -> float:
    return face.length(text, _direction(text))


def _direction(text: str, *, rtl: bool = False) -> str | None:
    # Without raqm Pillow refuses to be told a direction.
    if not can_shape():
        return None
    # A line of both scripts runs as its reader reads; a name alone as its own script does.
    mixed = is_arabic(text) and _LATIN.search(text)
    return "rtl" if is_arabic(text) and (rtl or not mixed) else "ltr"
