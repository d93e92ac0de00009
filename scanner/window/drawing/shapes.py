"""Draw the four shapes as geometry: a font may lack the glyph or show a coloured emoji."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from PIL import Image, ImageDraw

from scanner.core.scan import Kind

_FINER = 4  # drawn this many times larger and shrunk, for smooth edges
Point = tuple[float, float]


@functools.cache
def shape(kind: Kind, size_px: int, colour: str) -> Image.Image:
    """Return the shape of `kind` on a transparent square of `size_px`."""
    side = size_px * _FINER
    image = Image.new("RGBA", (side, side))
    _DRAWN[kind](ImageDraw.Draw(image), side, colour)
    return image.resize((size_px, size_px), Image.Resampling.LANCZOS)


def _check(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    _stroke(draw, side, colour, [(0.12, 0.55), (0.39, 0.82), (0.88, 0.22)])


def _cross(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    _stroke(draw, side, colour, [(0.18, 0.18), (0.82, 0.82)])
    _stroke(draw, side, colour, [(0.82, 0.18), (0.18, 0.82)])


def _again(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    # An arrow that comes back around: three quarters of a circle, against the clock.
    width = side * 0.115
    box = (0.16 * side, 0.16 * side, 0.84 * side, 0.84 * side)
    draw.arc(box, start=-65, end=205, fill=colour, width=round(width))
    radius = 0.34 * side - width / 2
    tip = math.radians(-65)
    x, y = side / 2 + radius * math.cos(tip), side / 2 + radius * math.sin(tip)
    draw.polygon(_arrow_head(x, y, tip - math.pi / 2, side * 0.21), fill=colour)


def _clock(draw: ImageDraw.ImageDraw, side: int, colour: str) -> None:
    box = (0.1 * side, 0.1 * side, 0.9 * side, 0.9 * side)
    draw.ellipse(box, outline=colour, width=round(side * 0.1))
    _stroke(draw, side, colour, [(0.5, 0.27), (0.5, 0.52), (0.67, 0.62)], width=0.09)


def _stroke(
    draw: ImageDraw.ImageDraw, side: int, colour: str, points: list[Point], width: float = 0.15
) -> None:
    scaled = [(x * side, y * side) for x, y in points]
    draw.line(scaled, fill=colour, width=round(width * side), joint="curve")
    radius = width * side / 2
    for x, y in scaled:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _arrow_head(x: float, y: float, heading: float, length: float) -> list[Point]:
    across = heading + math.pi / 2
    tip = (x + length * math.cos(heading), y + length * math.sin(heading))
    left = (x + 0.8 * length * math.cos(across), y + 0.8 * length * math.sin(across))
    right = (x - 0.8 * length * math.cos(across), y - 0.8 * length * math.sin(across))
    return [tip, left, right]


_DRAWN: dict[Kind, Callable[[ImageDraw.ImageDraw, int, str], None]] = {
    Kind.ADMITTED: _check,
    Kind.ALREADY: _again,
    Kind.REFUSED: _cross,
    Kind.PENDING: _clock,
}
