"""Draw the symbols of flags as geometry, as pages show them as characters. Pure."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

from checkin.domain.people.flags import FlagSymbol

_FINER = 4  # drawn this many times larger and shrunk, for smooth edges


@functools.cache
def flag_shape(symbol: str, size_px: int, colour: str) -> Image.Image:
    """Return a flag's symbol on a transparent square; one of a newer server is the plain flag."""
    side = size_px * _FINER
    image = Image.new("RGBA", (side, side))
    known = FlagSymbol(symbol) if symbol in set(FlagSymbol) else FlagSymbol.MARK
    _DRAWN[known](ImageDraw.Draw(image), side, colour)
    return image.resize((size_px, size_px), Image.Resampling.LANCZOS)


def _star(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    middle, outer, inner = side * 0.5, side * 0.48, side * 0.19
    corners = [
        (middle + radius * math.sin(turn), middle * 1.04 - radius * math.cos(turn))
        for at in range(10)
        for turn, radius in [(at * math.pi / 5, inner if at % 2 else outer)]
    ]
    draw.polygon(corners, fill=colour)


def _wheelchair(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    width = round(side * 0.09)
    draw.ellipse(_box(side, 0.36, 0.02, 0.54, 0.20), fill=colour)
    draw.arc(_box(side, 0.14, 0.42, 0.66, 0.94), start=20, end=250, fill=colour, width=width)
    body = [(0.44, 0.24), (0.46, 0.60), (0.70, 0.60), (0.84, 0.90)]
    _stroke(draw, side, colour, body, width)
    _stroke(draw, side, colour, [(0.45, 0.40), (0.68, 0.40)], width)


def _call(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    draw.arc(_box(side, 0.08, 0.16, 0.92, 0.84), 195, 345, fill=colour, width=round(side * 0.17))
    for left in (0.06, 0.70):
        draw.rounded_rectangle(_box(side, left, 0.38, left + 0.24, 0.56), side * 0.05, fill=colour)
    base = [(0.34, 0.46), (0.66, 0.46), (0.86, 0.88), (0.14, 0.88)]
    draw.polygon([(x * side, y * side) for x, y in base], fill=colour)


def _seat(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    for row in range(3):
        for column in range(3):
            left, top = 0.08 + 0.30 * column, 0.08 + 0.30 * row
            draw.rectangle(_box(side, left, top, left + 0.23, top + 0.23), fill=colour)


def _mark(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    draw.rectangle(_box(side, 0.18, 0.06, 0.27, 0.96), fill=colour)
    cloth = [(0.27, 0.08), (0.88, 0.08), (0.70, 0.30), (0.88, 0.52), (0.27, 0.52)]
    draw.polygon([(x * side, y * side) for x, y in cloth], fill=colour)


def _box(
    side: int, left: float, top: float, right: float, bottom: float
) -> tuple[float, float, float, float]:
    return left * side, top * side, right * side, bottom * side


def _stroke(
    draw: ImageDraw.ImageDraw,
    side: int,
    colour: str,
    points: list[tuple[float, float]],
    width: int,
) -> None:
    line = [(x * side, y * side) for x, y in points]
    draw.line(line, fill=colour, width=width, joint="curve")


_DRAWN: Mapping[FlagSymbol, Callable[[ImageDraw.ImageDraw, int, str], None]] = {
    FlagSymbol.STAR: _star,
    FlagSymbol.WHEELCHAIR: _wheelchair,
    FlagSymbol.CALL: _call,
    FlagSymbol.SEAT: _seat,
    FlagSymbol.MARK: _mark,
}
