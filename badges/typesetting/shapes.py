"""The outlines of the category shapes, so that a category is recognised without its colour."""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin

from badges.spec import Shape

Point = tuple[float, float]


@cache
def outline(shape: Shape) -> tuple[Point, ...]:
    """Return the corners of a shape in a box of 1 × 1, y downwards; a circle has 48."""
    if shape == "square":
        return ((0.07, 0.07), (0.93, 0.07), (0.93, 0.93), (0.07, 0.93))
    if shape == "triangle":
        return ((0.0, 0.94), (0.5, 0.04), (1.0, 0.94))
    if shape == "star":
        return _around(10, inner=0.42)
    return _around({"circle": 48, "diamond": 4, "hexagon": 6}[shape])


def outline_points(shape: Shape) -> str:
    """Return the corners of a shape as the points of an SVG's polygon."""
    return " ".join(f"{x:.3f},{y:.3f}" for x, y in outline(shape))


def _around(count: int, inner: float = 1.0) -> tuple[Point, ...]:
    reaches = [0.5 * (inner if corner % 2 else 1.0) for corner in range(count)]
    angles = [2 * pi * corner / count - pi / 2 for corner in range(count)]
    return tuple(
        (0.5 + reach * cos(angle), 0.5 + reach * sin(angle))
        for reach, angle in zip(reaches, angles, strict=True)
    )
