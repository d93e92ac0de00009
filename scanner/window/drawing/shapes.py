"""Draw the shapes of the kinds as geometry: a font may lack the glyph or show a coloured emoji.

They are those of the scan page: the numbers are of its squares of 100
(templates/_partials/gates/verdict_shapes.html).
"""

from __future__ import annotations

import functools
import math

from PIL import Image, ImageDraw

from scanner.core.scan import Kind

_FINER = 4  # drawn this many times larger and shrunk, for smooth edges
_STROKE = 9
Point = tuple[float, float]


@functools.cache
def shape(kind: Kind, size_px: int, colour: str) -> Image.Image:
    """Return the shape of `kind` on a transparent square of `size_px`."""
    side = size_px * _FINER
    image = Image.new("RGBA", (side, side))
    for points in _OUTLINES[kind]:
        _stroke(ImageDraw.Draw(image), side, colour, points)
    return image.resize((size_px, size_px), Image.Resampling.LANCZOS)


def _stroke(draw: ImageDraw.ImageDraw, side: int, colour: str, points: tuple[Point, ...]) -> None:
    scaled = [(x * side / 100, y * side / 100) for x, y in points]
    width = _STROKE * side / 100
    draw.line(scaled, fill=colour, width=round(width), joint="curve")
    for x, y in (scaled[0], scaled[-1]):
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def _arc(middle: Point, radius: float, begins: float, degrees: float) -> tuple[Point, ...]:
    """Return the points of an arc; degrees clockwise from three o'clock."""
    angles = [math.radians(begins + degrees * n / 90) for n in range(91)]
    return tuple(
        (middle[0] + radius * math.cos(a), middle[1] + radius * math.sin(a)) for a in angles
    )


_CIRCLE = _arc((50, 50), 44, 0, 360)
_OCTAGON = ((31, 5), (69, 5), (95, 31), (95, 69), (69, 95), (31, 95), (5, 69), (5, 31), (31, 5))
_OUTLINES: dict[Kind, tuple[tuple[Point, ...], ...]] = {
    Kind.ADMITTED: (_CIRCLE, ((29, 52), (44, 67), (72, 35))),
    # An arrow that comes back around.
    Kind.ALREADY: (
        (*_arc((50.5, 50.3), 37, 154.9, -297.8), (9, 40)),
        ((9, 13), (9, 40), (36, 40)),
    ),
    Kind.REFUSED: (_OCTAGON, ((35, 35), (65, 65)), ((65, 35), (35, 65))),
    Kind.PENDING: (_CIRCLE, ((50, 24), (50, 52), (69, 63))),
}
