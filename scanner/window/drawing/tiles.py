"""Draw several verdicts at once: a smaller card for each badge held up together. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from checkin.words.languages import spoken
from scanner.core.scan import Kind, Verdict
from scanner.window.drawing.card import (
    COLOURS,
    HEIGHT_PX,
    WIDTH_PX,
    explanation,
    for_reader,
    names_of,
    sentence,
    word,
)
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import draw_line, draw_paragraph

_GAP_PX = 8
#: size and lines of what stands below the name, in a tile of full height and in a low one
_BELOW = {False: (38, 2), True: (30, 1)}
_WHITE, _SOFT, _BETWEEN = "#FFFFFF", "#F3F4F6", "#000000"


def tiles_image(verdicts: tuple[Verdict, ...], language: str, timezone: str) -> Image.Image:
    """Draw two to four verdicts in the space of one card, the earliest where reading begins."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _BETWEEN)
    columns = len(verdicts) if len(verdicts) < 3 else 2
    rows = -(-len(verdicts) // columns)
    width = (WIDTH_PX - _GAP_PX * (columns - 1)) // columns
    height = (HEIGHT_PX - _GAP_PX * (rows - 1)) // rows
    for number, verdict in enumerate(verdicts):
        row, column = divmod(number, columns)
        # The third of three has a row of its own.
        wide = WIDTH_PX if len(verdicts) == 3 and number == 2 else width
        left = column * (width + _GAP_PX)
        rtl = spoken(language).is_from_right
        corner = (WIDTH_PX - left - wide if rtl else left, row * (height + _GAP_PX))
        image.paste(_tile(verdict, language, timezone, wide, height), corner)
    return image


def _tile(verdict: Verdict, language: str, timezone: str, width: int, height: int) -> Image.Image:
    background, shade = COLOURS[verdict.kind]
    image = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(image)
    rtl, column = spoken(language).is_from_right, 150
    icon_left = width - column if rtl else 0
    draw.rectangle((icon_left, 0, icon_left + column, height), fill=shade)
    icon = shape(verdict.kind, 104, _WHITE)
    image.paste(icon, (icon_left + (column - 104) // 2, (height - 104) // 2), icon)
    left, right = (24, width - column - 24) if rtl else (column + 24, width - 24)
    span: dict[str, Any] = {"left": left, "right": right, "rtl": rtl}
    line: Callable[..., int] = functools.partial(draw_line, draw, **span)
    line(word(verdict, language), middle=height * 17 // 100, size_px=36, bold=True, colour=_WHITE)
    names = names_of(verdict, language)
    _draw_names(line, names, height)
    paragraph: Callable[..., None] = functools.partial(draw_paragraph, draw, **span)
    if names:
        text, size_px, lines = _below(verdict, language, timezone), *_BELOW[height < HEIGHT_PX]
        middle = height * 80 // 100
        paragraph(text, middle=middle, size_px=size_px, colour=_SOFT, most_lines=lines)
    else:
        text, middle = sentence(verdict, language), height * 3 // 5
        paragraph(text, middle=middle, size_px=32, colour=_WHITE, most_lines=2)
    return image


def _draw_names(line: Callable[..., int], names: list[str], height: int) -> None:
    if height < HEIGHT_PX:  # a low tile: both scripts in one line, a long pair set smaller
        line(" · ".join(names), middle=height * 47 // 100, size_px=50, bold=True, colour=_WHITE)
        return
    for name, middle in zip(names, (136, 216), strict=False):
        line(name, middle=middle, size_px=56, bold=True, colour=_WHITE)


def _below(verdict: Verdict, language: str, timezone: str) -> str:
    if verdict.kind != Kind.ADMITTED:
        return explanation(verdict, language, timezone)
    name = for_reader(verdict.delegation or {}, "name", language)
    return " · ".join(part for part in (explanation(verdict, language, timezone), name) if part)
