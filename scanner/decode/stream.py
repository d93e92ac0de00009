"""The decoder for a running camera: it joins what several engines read in the time of one frame.

Why a union and these steps: measured over 1,232 codes in hard photographs and the rendered ones of
`bench.decode` (docs/decoding.md). A cascade that stops at its first read loses codes when several
people hold up their badges at once, and more frames do not replace the pass at twice the size,
which alone reads codes of two pixels a module.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from itertools import cycle

from scanner.decode.base import Decoder, Grey, Reading
from scanner.decode.closer import Closer, closer_steps
from scanner.decode.engines import Prepared, Pyzbar, Zxing, blurred, crisp, evened, resized
from scanner.decode.several_frames import SeveralFrames


def merged(groups: Iterable[Sequence[Reading]]) -> list[Reading]:
    """Join what several decoders read in one picture, the more trusted decoders first.

    A text counts once. A later decoder's other text in the same place is the same code in another
    character set (zbar guesses those wrongly), so the first one stays. Two codes that one decoder
    found, even one inside the other, are two codes.
    """
    kept: list[Reading] = []
    for group in groups:
        kept += [r for r in group if not any(_same_code(r, earlier) for earlier in kept)]
    return list({reading.text: reading for reading in reversed(kept)}.values())[::-1]


def _same_code(reading: Reading, earlier: Reading) -> bool:
    if reading.text == earlier.text:
        return True
    (x, y), (left, top, right, bottom) = _centre(reading), _box(earlier)
    return left <= x <= right and top <= y <= bottom


def _centre(reading: Reading) -> tuple[float, float]:
    left, top, right, bottom = _box(reading)
    return (left + right) / 2, (top + bottom) / 2


def _box(reading: Reading) -> tuple[int, int, int, int]:
    across, down = zip(*reading.corners, strict=True)
    return min(across), min(down), max(across), max(down)


class Stream:
    """Reads each frame with the first decoder, the next one of those by turns, and the last one."""

    def __init__(self, first: Decoder, by_turns: Sequence[Decoder], last: Decoder) -> None:
        """Take the decoders.

        Args:
            by_turns: they share the rest of a frame's time.
            last: reads the frames in which the others have read nothing.
        """
        self._first, self._last = first, last
        self._turns = cycle(by_turns)

    def read(self, grey: Grey) -> list[Reading]:
        """Return what this frame's decoders read, each text once."""
        found = merged(decoder.read(grey) for decoder in (self._first, next(self._turns)))
        return found or self._last.read(grey)


def doubled() -> Decoder:
    """Return zxing-cpp at twice the size, for codes that are far away."""
    return Prepared(Zxing(), functools.partial(resized, scale=2.0), name="×2", scale=2.0)


def crisp_and_doubled() -> Decoder:
    """Return zxing-cpp at twice the size of a sharper picture: it reads from a third farther."""
    return Prepared(Zxing(), _crisp_and_doubled, name="crisp ×2", scale=2.0)


def _crisp_and_doubled(grey: Grey) -> Grey:
    return resized(crisp(grey), 2.0)


def halved(zbar: Decoder) -> Decoder:
    """Return zbar at half the size: a quarter of its time for codes that are near."""
    return Prepared(zbar, functools.partial(resized, scale=0.5), name="½", scale=0.5)


def extra_steps() -> list[Decoder]:
    """Return the steps that help too rarely or take too long to run on every frame."""
    return [
        Prepared(Zxing(global_threshold=True), blurred, name="blur"),
        Prepared(Zxing(), evened, name="even"),
    ]


def zbar_or_none() -> Pyzbar | None:
    """Return zbar, or None where its library is missing: the others read without it."""
    try:
        return Pyzbar()
    except ImportError:
        return None


def stream_decoder(zbar: Decoder | None) -> Stream:
    """Build the decoder for frames of a camera or a video."""
    blur, even = extra_steps()
    # Twice the size at every third frame, zbar at every third: a badge that only one of them reads
    # is read within three frames, and the middle frame of the six costs a third of all steps.
    turns = [crisp_and_doubled(), blur, doubled(), even]
    if zbar is not None:
        turns = [crisp_and_doubled(), blur, halved(zbar), doubled(), even, zbar]
    return Stream(Closer(closer_steps(zbar)), turns, SeveralFrames())
