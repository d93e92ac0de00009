"""The engines that the benchmark compares, each returning texts only."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from bench.decode.scenes import Grey
from scanner.decode.base import Decoder
from scanner.decode.engines import Prepared, Zxing
from scanner.decode.still import Still
from scanner.decode.stream import (
    crisp_and_doubled,
    doubled,
    stream_decoder,
    zbar_or_none,
)

Texts = Callable[[Grey], set[str]]


def single_engines() -> dict[str, Texts]:
    """Return the engines by themselves."""
    engines = {"zxing": _texts(Zxing()), "zxing×2": _texts(doubled()), "opencv": _opencv()}
    zbar = zbar_or_none()
    return engines | ({"zbar": _texts(zbar)} if zbar else {})


def peers_of_reach() -> dict[str, Texts]:
    """Return what the reach is compared with: other ways to enlarge a frame."""
    return {
        "linear ×2": _texts(_enlarged(cv2.INTER_LINEAR)),
        "crisp ×2": _texts(crisp_and_doubled()),
    }


def _enlarged(way: int) -> Decoder:
    def twice(grey: Grey) -> Grey:
        return np.asarray(cv2.resize(grey, None, fx=2, fy=2, interpolation=way), np.uint8)

    return Prepared(Zxing(), twice, name="×2", scale=2.0)


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
