"""The loop that decodes frames, shared by the window and the scanner without a window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from checkin.protocol.codes import code_in
from scanner.camera.sources import Frame
from scanner.decode.base import Decoder, Reading, grey_of

Seen = Callable[[Frame, list[Reading]], None]


def watch(frames: Iterable[Frame], decoder: Decoder, seen: Seen) -> None:
    """Decode every frame and pass it on with what it shows, until the source ends.

    A badge's code has its normal form from here on, whatever program drew the QR.
    """
    for frame in frames:
        readings = decoder.read(grey_of(frame.image))
        seen(frame, [replace(reading, text=code_in(reading.text)) for reading in readings])


def paced(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Yield the frames of a file at the speed at which they were recorded."""
    began_s = time.monotonic()
    for frame in frames:
        time.sleep(max(0.0, began_s + frame.at_s - time.monotonic()))
        yield frame
