"""Contrast of a category's colour with the words written on it (WCAG 2.2, relative luminance)."""

from __future__ import annotations

DARK = "#14181c"
LIGHT = "#ffffff"


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``: 0 for black, 1 for white."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21; words need 4.5."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def ink_on(colour: str) -> str:
    """Return the ink, light or dark, that reads better on `colour`: always 4.2 or more."""
    return max((LIGHT, DARK), key=lambda ink: contrast(ink, colour))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
