"""Play a video file like a webcam: thirty frames a second, of which a slow reader misses some."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.decode.scenes import Condition, Grey, room, scenes

PER_S = 30.0
SIZE = (720, 1280)
#: empty frames first, for the window to open; then each badge, and the empty hall after it
LEAD, SHOWN, BETWEEN = 120, 15, 30


@dataclass(frozen=True)
class Film:
    """A video in which one badge after the other is held before the camera.

    Attributes:
        codes: in their order.
    """

    path: Path
    codes: Sequence[str]

    def first_frame_of(self, number: int) -> int:
        """Return the first frame that shows the badge of this number."""
        return LEAD + number * (SHOWN + BETWEEN)


def filmed(path: Path, codes: Sequence[str]) -> Film:
    """Write a film of badges, each held at a slightly different place."""
    rng = np.random.default_rng(11)
    hall = room(SIZE, rng)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), PER_S, (SIZE[1], SIZE[0]))
    empty = [_noisy(hall, rng) for _ in range(3)]
    _write(writer, empty, LEAD)
    for code in codes:
        _write(writer, scenes(Condition(), rng, code, hall)[1], SHOWN)
        _write(writer, empty, BETWEEN)
    writer.release()
    return Film(path, codes)


class Webcam:
    """A camera for `Live` that prints when it gave the first frame of each badge."""

    def __init__(self, film: Film, shown: Callable[[str], None], ended: Callable[[], None]) -> None:
        self._capture = cv2.VideoCapture(str(film.path))
        self._firsts = {film.first_frame_of(n): code for n, code in enumerate(film.codes)}
        self._shown, self._ended = shown, ended
        self._number = 0
        self._began_s = time.monotonic()

    def read(self) -> tuple[bool, Grey | None]:
        """Return the next frame when its time has come; after the end, always the last one."""
        taken, image = self._capture.read()
        if not taken:
            self._ended()
            return False, None
        time.sleep(max(0.0, self._began_s + self._number / PER_S - time.monotonic()))
        if code := self._firsts.get(self._number):
            self._shown(code)
        self._number += 1
        return True, np.asarray(image, np.uint8)

    def release(self) -> None:
        """Close the file."""
        self._capture.release()


def _noisy(picture: np.ndarray, rng: np.random.Generator) -> Grey:
    return np.clip(picture + rng.normal(0, 4, SIZE), 0, 255).astype(np.uint8)


def _write(writer: cv2.VideoWriter, pictures: Sequence[Grey], count: int) -> None:
    for number in range(count):
        writer.write(cv2.cvtColor(pictures[number % len(pictures)], cv2.COLOR_GRAY2BGR))
