"""Skip decoding while the picture does not change: laptops at a gate run on battery."""

from __future__ import annotations

import cv2
import numpy as np

from scanner.decode.base import Decoder, Grey, Reading

_WIDTH_PX, _HEIGHT_PX = 160, 90
#: A change is this many grey levels in some of the thumbnail's pixels: more than a camera's noise.
_LEVELS = 12
_PIXELS = 3
#: After a change this many frames are decoded, so that each alternating step runs twice.
LOOKS = 12
#: A still picture is looked at again this often, for a badge so small that nothing seemed to move.
EVERY = 5
#: A code that so many decodings in a row did not find is gone, however still the picture is.
_MISSES = 6


class Idle:
    """A decoder that repeats its last result for an unchanged picture.

    The result is repeated and not left out, so a badge that is held still stays in view.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._before: Grey | None = None
        self._unchanged = 0
        self._held: dict[str, tuple[Reading, int]] = {}  # with the looks that missed it since

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes in `grey`."""
        thumbnail = _thumbnail(grey)
        changed = self._before is None or has_changed(self._before, thumbnail)
        if changed:
            # Against the picture of the last change, so that slow movement adds up.
            self._before, self._unchanged = thumbnail, 0
        else:
            self._unchanged += 1
        if self._unchanged < LOOKS or self._unchanged % EVERY == 0:
            self._note(self._decoder.read(grey), changed=changed)
        return [reading for reading, _ in self._held.values()]

    def _note(self, readings: list[Reading], *, changed: bool) -> None:
        # In a picture that has not changed, a code that was read is there still, though the step
        # whose turn it is may not see it.
        missed = {} if changed else self._held
        kept = {text: (r, n + 1) for text, (r, n) in missed.items() if n + 1 < _MISSES}
        self._held = kept | {reading.text: (reading, 0) for reading in readings}


def has_changed(before: Grey, now: Grey) -> bool:
    """Say whether two thumbnails differ by more than a camera's noise."""
    return int(np.count_nonzero(cv2.absdiff(before, now) > _LEVELS)) >= _PIXELS


def _thumbnail(grey: Grey) -> Grey:
    small = cv2.resize(grey, (_WIDTH_PX, _HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
