"""Read codes that are too small for one frame from several frames of them.

At a module of 1.3 pixels one frame holds too little of a code. A hand that holds a badge trembles,
so the next frames see it between the pixels of the first: laid over one another at four times their
size they hold what none of them does, and less of the camera's noise. Only small parts of the frame
that look like print are treated so; codes that fill more of it are read by the other steps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from scanner.decode.base import Grey, Reading
from scanner.decode.engines import Zxing

_SCALE = 4
#: of the part of a frame that is looked at: a code of version 2 at 2 pixels a module, and around it
_SIDE_PX = 104
_FEWEST, _MOST = 3, 5
#: so many parts are followed: those that look most like print
_PARTS = 3
#: in every second frame they are looked for, in every third one of them is read: the other steps
#: are more likely to read something
_FIND_EVERY, _READ_EVERY = 2, 3
#: the frame is looked through in blocks of so many pixels
_BLOCK_PX = 8
#: grey levels from one pixel to the next, on average over a code's place: less is no print
_LEAST_CONTRAST = 6.0
#: from one look to the next a hand moves a badge no farther, and a place is given up after so many
#: looks in which nothing was there
_FARTHEST_PX = 32
_MISSES = 2
#: a part that has less in common with the newest one than this is of something else
_LEAST_ALIKE = 0.15

_Floats = npt.NDArray[np.float32]


@dataclass
class _Place:
    """A part of the frame that looks like print, as the last frames have seen it.

    Attributes:
        x, y: its left and upper edge, in pixels of the frame.
    """

    x: int
    y: int
    seen: deque[_Floats] = field(default_factory=lambda: deque(maxlen=_MOST))
    missed: int = 0


class SeveralFrames:
    """Remembers the last frames of the parts that look like print, and reads them together."""

    def __init__(self) -> None:
        """Begin without a frame."""
        self._zxing = Zxing()
        self._places: list[_Place] = []
        self._frame = 0
        self._window = cv2.createHanningWindow((_SIDE_PX, _SIDE_PX), cv2.CV_32F)

    def read(self, grey: Grey) -> list[Reading]:
        """Remember a frame, and return the codes of the part of it whose turn it is."""
        if min(grey.shape) < 2 * _SIDE_PX:
            return []
        if self._frame % _FIND_EVERY == 0:
            self._find(grey)
        for place in self._places:
            part = grey[place.y : place.y + _SIDE_PX, place.x : place.x + _SIDE_PX]
            place.seen.append(part.astype(np.float32))
        self._frame += 1
        ready = [place for place in self._places if len(place.seen) >= _FEWEST]
        if not ready or self._frame % _READ_EVERY:
            return []
        return self._read_at(ready[self._frame // _READ_EVERY % len(ready)])

    def _find(self, grey: Grey) -> None:
        """Look where print is now: at places that are followed already, or at new ones."""
        found = _places_of_print(grey)
        kept = []
        for place in self._places:
            near = [it for it in found if _is_near(it, (place.x, place.y))]
            place.missed = 0 if near else place.missed + 1
            if near:
                place.x, place.y = near[0]
                found = [it for it in found if not _is_near(it, near[0])]
            if place.missed <= _MISSES:
                kept.append(place)
        kept += [_Place(x, y) for x, y in found]
        self._places = sorted(kept, key=lambda place: place.missed)[:_PARTS]

    def _read_at(self, place: _Place) -> list[Reading]:
        found = self._zxing.read(_sharpened(self._laid_over_one_another(place.seen)))
        return [
            Reading(
                one.text,
                tuple((x // _SCALE + place.x, y // _SCALE + place.y) for x, y in one.corners),
                "zxing several frames",
            )
            for one in found
        ]

    def _laid_over_one_another(self, seen: deque[_Floats]) -> _Floats:
        """Return the mean of the frames, each moved to where the newest one is, enlarged."""
        newest = seen[-1]
        whole, count = _enlarged(newest), 1
        for part in list(seen)[:-1]:
            (right, down), alike = cv2.phaseCorrelate(newest, part, self._window)
            if alike >= _LEAST_ALIKE:
                whole += _moved(_enlarged(part), -_SCALE * right, -_SCALE * down)
                count += 1
        return np.asarray(whole / count, np.float32)


def _places_of_print(grey: Grey) -> list[tuple[int, int]]:
    """Return the upper left corners of the parts with the most edges in both directions."""
    height, width = grey.shape
    rows, columns = height // _BLOCK_PX - 1, width // _BLOCK_PX - 1
    # Whole blocks only: averaging parts of pixels takes four times as long.
    bottom, right = rows * _BLOCK_PX, columns * _BLOCK_PX
    here = grey[:bottom, :right]
    across = cv2.absdiff(here, grey[:bottom, 1 : right + 1])
    down = cv2.absdiff(here, grey[1 : bottom + 1, :right])
    both = np.minimum(
        cv2.resize(across, (columns, rows), interpolation=cv2.INTER_AREA),
        cv2.resize(down, (columns, rows), interpolation=cv2.INTER_AREA),
    )
    # A code of 1.3 pixels a module is four blocks wide.
    edges = cv2.blur(both.astype(np.float32), (4, 4))
    places: list[tuple[int, int]] = []
    around = _SIDE_PX // _BLOCK_PX // 2
    for _ in range(_PARTS):
        _, most, _, (x, y) = cv2.minMaxLoc(edges)
        if most < _LEAST_CONTRAST:
            break
        places.append(
            (
                min(max(x * _BLOCK_PX - _SIDE_PX // 2, 0), width - _SIDE_PX),
                min(max(y * _BLOCK_PX - _SIDE_PX // 2, 0), height - _SIDE_PX),
            )
        )
        edges[max(y - around, 0) : y + around, max(x - around, 0) : x + around] = 0
    return places


def _is_near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(one[0] - other[0]) <= _FARTHEST_PX and abs(one[1] - other[1]) <= _FARTHEST_PX


def _moved(picture: _Floats, right: float, down: float) -> _Floats:
    # Linear, after the enlarging: as sharp as both at once in cubic steps, in half the time.
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    size = (picture.shape[1], picture.shape[0])
    way, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=way, borderMode=edge), np.float32)


def _enlarged(part: _Floats) -> _Floats:
    size = (_SIDE_PX * _SCALE, _SIDE_PX * _SCALE)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _sharpened(picture: _Floats) -> Grey:
    """Undo what the lens and the enlarging have smoothed."""
    fine = picture - cv2.GaussianBlur(picture, (0, 0), 0.7 * _SCALE)
    return np.clip(picture + 9.0 * fine, 0, 255).astype(np.uint8)
