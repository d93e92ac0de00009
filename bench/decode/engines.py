"""The engines that the benchmark compares, each returning texts only."""

from __future__ import annotations

from collections.abc import Callable

import cv2

from bench.decode.scenes import Grey
from scanner.decode.base import Decoder
from scanner.decode.engines import Zxing
from scanner.decode.still import Still
from scanner.decode.stream import doubled, stream_decoder, zbar_or_none

Texts = Callable[[Grey], set[str]]


def single_engines() -> dict[str, Texts]:
    """Return the engines by themselves."""
    engines = {"zxing": _texts(Zxing()), "zxing×2": _texts(doubled()), "opencv": _opencv()}
    zbar = zbar_or_none()
    return engines | ({"zbar": _texts(zbar)} if zbar else {})


def stream() -> Texts:
    """Return the decoder of a running camera, in the state in which it starts."""
    return _texts(stream_decoder(zbar_or_none()))


def still() -> Texts:
    """Return the decoder of still images."""
    return _texts(Still(zbar_or_none()))


def _texts(decoder: Decoder) -> Texts:
    return lambda grey: {reading.text for reading in decoder.read(grey)}


def _opencv() -> Texts:
    detector = cv2.QRCodeDetector()

    def read(grey: Grey) -> set[str]:
        try:
            return {text for text in detector.detectAndDecodeMulti(grey)[1] if text}
        except (cv2.error, UnicodeDecodeError):
            return set()

    return read
