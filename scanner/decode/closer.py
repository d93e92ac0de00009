"""A second, closer look at codes that were located but could not be read.

Glare, a fold or a soft lens can spoil the inside of a code whose corners are still found. zxing-cpp
reports where such a code is. Steps that are too slow for a whole frame take a few milliseconds on
that part of it, and no time in a frame without such a code.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from scanner.decode.base import Corners, Decoder, Grey, Reading
from scanner.decode.engines import Prepared, Zxing, evened, resized, sharpened

#: more located codes than this in one frame are a pattern in the picture, not badges
_MOST = 2
_MARGIN = 0.35
_LONGEST_PX = 320
_SHORTEST_PX = 20
#: left, top, right, bottom
Area: TypeAlias = tuple[int, int, int, int]


class Closer:
    """zxing-cpp, with further steps for the places where it located a code but read nothing."""

    def __init__(self, steps: Sequence[Decoder]) -> None:
        """Take the steps, the most likely to succeed first."""
        self._zxing = Zxing()
        self._steps = tuple(steps)

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes in `grey`."""
        readings, unread = self._zxing.look(grey)
        # zxing may find one code in two places: the second one is another chance.
        for area in [_around(corners, grey) for corners in unread[:_MOST]]:
            if not any(_is_within(reading, area) for reading in readings):
                readings += self._read_in(grey, area)
        return readings

    def _read_in(self, grey: Grey, area: Area) -> list[Reading]:
        left, top, right, bottom = area
        part = np.ascontiguousarray(grey[top:bottom, left:right])
        if min(part.shape) < _SHORTEST_PX:
            return []
        scale = min(1.0, _LONGEST_PX / max(part.shape))
        shown = resized(part, scale) if scale < 1.0 else part
        for step in self._steps:
            if found := step.read(shown):
                return [_moved(reading, scale, left, top) for reading in found]
        return []


def closer_steps(zbar: Decoder | None) -> list[Decoder]:
    """Return the steps of the closer look, chosen from fifteen by measurement."""
    doubled_and_even = Prepared(Zxing(), _doubled_and_even, name="closer ×2 even", scale=2.0)
    return [
        Prepared(Zxing(), sharpened, name="closer sharp"),
        doubled_and_even,
        *([zbar] if zbar else []),
    ]


_doubled = functools.partial(resized, scale=2.0)


def _doubled_and_even(grey: Grey) -> Grey:
    return evened(_doubled(grey))


def _around(corners: Corners, grey: Grey) -> Area:
    places = np.asarray(corners)
    low, high = places.min(axis=0), places.max(axis=0)
    margin = _MARGIN * (high - low).max()
    height, width = grey.shape
    left, top = np.maximum(low - margin, 0).astype(int)
    right, bottom = np.minimum(high + margin, (width, height)).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _is_within(reading: Reading, area: Area) -> bool:
    x, y = np.mean(reading.corners, axis=0)
    return bool(area[0] <= x <= area[2] and area[1] <= y <= area[3])


def _moved(reading: Reading, scale: float, left: int, top: int) -> Reading:
    corners = tuple((round(x / scale) + left, round(y / scale) + top) for x, y in reading.corners)
    return Reading(reading.text, corners, reading.engine)
