"""Draw a verdict as a card that is readable from two metres. Pure."""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image, ImageDraw

from checkin.domain.people.flags import SIGNS
from checkin.words.languages import spoken
from scanner.core.scan import Kind
from scanner.window.card_lines import Line, lines_of
from scanner.window.drawing.flag_shapes import flag_shape
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import draw_lines, fitted_lines, line_step
from scanner.window.recent_scans import Card


class Colours(NamedTuple):
    """Colours of a kind: the card, the column of its shape, and what is written on both."""

    card: str
    shade: str
    ink: str


# The scan page's own (checkin/static/css/scan.css); what is written has a contrast above 5 on each.
COLOURS = {
    Kind.ADMITTED: Colours("#0A6B41", "#075231", "#FFFFFF"),
    Kind.ALREADY: Colours("#F4B23C", "#DE9A1F", "#1B1400"),
    Kind.REFUSED: Colours("#A8131B", "#820E15", "#FFFFFF"),
    Kind.PENDING: Colours("#1A4FC4", "#123A94", "#FFFFFF"),
}
#: of practice badges: yellow and black, at the edges
_STRIPES, _STRIPE_PX = ("#FFD400", "#111827"), 20
#: what each line is set in, in pixels of a whole card, and on how many lines
_SIZES = {
    "rehearsal": (38, 1),
    "word": (72, 2),
    "wordMore": (42, 1),
    "name": (80, 2),
    "otherName": (60, 1),
    "flags": (50, 2),
    "sentence": (56, 3),
    "act": (80, 3),
    "first": (50, 2),
    "again": (46, 2),
    "belonging": (42, 2),
    "arrived": (32, 1),
    "offline": (32, 1),
}
#: beside an act the name is smaller: what is done with whom is refused is read first
_BESIDE_ACT = _SIZES | {"name": (72, 2)}
_BOLD = ("word", "name", "otherName", "flags", "sentence", "act")
#: of a party each card is small: what says least is left out
_OF_ONE_ONLY = ("arrived", "offline")
_SMALLEST = 0.35
#: what is read at two metres stays this large, and the rest gives way: 16 minutes of arc at 2 m are
#: 9.3 mm, which are these pixels for capitals of this font on the smallest screen, of 13.3 inches
_READ_FROM_AFAR, _READABLE_PX = ("word", "name", "act"), 58
#: the fonts lack the signs of flags: they are drawn
_SYMBOL_OF = {sign: symbol for symbol, sign in SIGNS.items()}


class _Block(NamedTuple):
    lines: list[str]
    size_px: int
    bold: bool
    symbol: str = ""

    @property
    def height_px(self) -> int:
        return len(self.lines) * line_step(self.size_px)


def card_image(
    card: Card, language: str, timezone: str, size: tuple[int, int], *, alone: bool = True
) -> Image.Image:
    """Draw a card of a width and height for a reader of `language`, times in the event's zone.

    In Arabic the card is mirrored: the shape stands on the right, where reading begins.
    """
    (width, height), colours = size, COLOURS[card.kind]
    image = Image.new("RGB", size, colours.card)
    draw = ImageDraw.Draw(image)
    rtl, column = spoken(language).is_from_right, width * 23 // 100
    start = width - column if rtl else 0
    draw.rectangle((start, 0, start + column - 1, height), fill=colours.shade)
    icon = shape(card.kind, min(column * 8 // 10, height * 7 // 10), colours.ink)
    image.paste(icon, (start + (column - icon.width) // 2, (height - icon.height) // 2), icon)
    margin = column // 7
    left = margin if rtl else column + margin
    lines = lines_of(card, language, timezone)
    shown = [line for line in lines if alone or line.part not in _OF_ONE_ONLY]
    around = _STRIPE_PX if card.verdict.rehearsal else 0
    span = (left, left + width - column - 2 * margin)
    blocks = _fitted(shown, span[1] - span[0], height - 2 * (around + 8), alone=alone)
    _write(draw, blocks, span, (around + 8, height - around - 8), colours.ink, rtl=rtl)
    if card.verdict.rehearsal:
        _draw_stripes(draw, size)
    return image


def _write(
    draw: ImageDraw.ImageDraw,
    blocks: list[_Block],
    span: tuple[int, int],
    heights: tuple[int, int],
    ink: str,
    *,
    rtl: bool,
) -> None:
    """Write the blocks in the middle between these heights."""
    top, bottom = heights
    y = top + (bottom - top - sum(block.height_px for block in blocks)) // 2
    for block in blocks:
        beside = _draw_symbol(draw, block, span, y, ink, rtl=rtl) if block.symbol else span
        draw_lines(draw, block.lines, beside, y, block.size_px, ink, bold=block.bold, rtl=rtl)
        y += block.height_px


def _draw_symbol(
    draw: ImageDraw.ImageDraw,
    block: _Block,
    span: tuple[int, int],
    top: int,
    ink: str,
    *,
    rtl: bool,
) -> tuple[int, int]:
    """Draw a flag's symbol where its line begins, and return the span that is left."""
    (left, right), side = span, block.size_px
    y = top + (line_step(side) - side) // 2
    draw.bitmap((right - side if rtl else left, y), flag_shape(block.symbol, side, ink), fill=ink)
    around = _symbol_room(side)
    return (left, right - around) if rtl else (left + around, right)


def _symbol_room(size_px: int) -> int:
    return size_px * 13 // 10


def _fitted(lines: list[Line], width: int, height: int, *, alone: bool = True) -> list[_Block]:
    """Return the lines as large as they fit.

    Args:
        alone: whether the card has the whole view: word, name and act are read from afar then.
    """
    held = _READ_FROM_AFAR if alone else ()
    scale, blocks = 1.0, _blocks(lines, width, 1.0, held)
    while scale > _SMALLEST and sum(block.height_px for block in blocks) > height:
        scale -= 0.05
        blocks = _blocks(lines, width, scale, held)
    return blocks


def _blocks(lines: list[Line], width: int, scale: float, held: tuple[str, ...]) -> list[_Block]:
    blocks = []
    sizes = _BESIDE_ACT if any(line.part == "act" for line in lines) else _SIZES
    for part, text in _separate(lines):
        symbol = _SYMBOL_OF.get(text[:1], "") if part == "flags" else ""
        size_px, most_lines = round(sizes[part][0] * scale), sizes[part][1]
        size_px = max(size_px, _READABLE_PX) if part in held else size_px
        bold, room = part in _BOLD, width - (_symbol_room(size_px) if symbol else 0)
        said = text[1:].strip() if symbol else text
        written, size = fitted_lines(said, room, size_px, most_lines, bold)
        blocks.append(_Block(written, size, bold, symbol))
    return blocks


def _separate(lines: list[Line]) -> list[Line]:
    """Return each flag as a line of its own."""
    return [Line(part, text) for part, whole in lines for text in whole.split("\n")]


def _draw_stripes(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """Frame the card with stripes, which mark a practice badge."""
    width, height = size
    for top in (0, height - _STRIPE_PX):
        draw.rectangle((0, top, width, top + _STRIPE_PX), fill=_STRIPES[0])
        for x in range(-_STRIPE_PX, width, 3 * _STRIPE_PX):
            corners = ((x, top + _STRIPE_PX), (x + _STRIPE_PX, top))
            wide = [(x + 1.5 * _STRIPE_PX, y) for x, y in reversed(corners)]
            draw.polygon([*corners, *wide], fill=_STRIPES[1])
