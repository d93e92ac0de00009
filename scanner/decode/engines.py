"""Each QR engine by itself, and `Prepared`, which gives an engine a changed picture.

Only QR codes of model 2 are looked for: other kinds produce false readings in noise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import zxingcpp

from scanner.decode.base import Corners, Decoder, Grey, Reading

_CRISP = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)


class Zxing:
    """The zxing-cpp engine; it reads mirrored, inverted and turned codes by itself."""

    def __init__(self, *, global_threshold: bool = False, name: str = "zxing") -> None:
        """Choose the threshold: local by default, or one for the whole picture."""
        binarizers = zxingcpp.Binarizer
        self._binarizer = (
            binarizers.GlobalHistogram if global_threshold else binarizers.LocalAverage
        )
        self._name = name

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes in `grey`."""
        return self.look(grey)[0]

    def look(self, grey: Grey) -> tuple[list[Reading], list[Corners]]:
        """Return the codes in `grey`, and where there are more that could not be read."""
        found = zxingcpp.read_barcodes(
            grey,
            formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2]),
            text_mode=zxingcpp.TextMode.Plain,
            binarizer=self._binarizer,
            return_errors=True,  # measured: costs nothing
        )
        readings = [Reading(c.text, _corners(c), self._name) for c in found if c.valid and c.text]
        return readings, [_corners(code) for code in found if not code.valid]


def _corners(code: Any) -> Corners:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((p.x, p.y) for p in corners)


class Pyzbar:
    """The zbar engine, whose finder sees some codes that zxing-cpp does not."""

    def __init__(self) -> None:
        """Load zbar.

        Raises:
            ImportError: the system has no zbar library.
        """
        try:
            from pyzbar import pyzbar
        except OSError as error:  # Windows says FileNotFoundError when a DLL is missing
            raise ImportError(str(error)) from error
        self._zbar = pyzbar

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes in `grey`; the picture must be grey, zbar looks at one channel."""
        found = self._zbar.decode(grey, symbols=[self._zbar.ZBarSymbol.QRCODE])
        return [
            Reading(code.data.decode(errors="replace"), tuple(map(tuple, code.polygon)), "zbar")
            for code in found
            if code.data
        ]


class Prepared:
    """A decoder that reads a changed picture and gives corners in pixels of the original."""

    def __init__(
        self, decoder: Decoder, change: Callable[[Grey], Grey], *, name: str, scale: float = 1.0
    ) -> None:
        """Wrap `decoder`.

        Args:
            change: makes the picture that `decoder` reads.
            scale: how much larger that picture is.
        """
        self._decoder = decoder
        self._change = change
        self._name = name
        self._scale = scale

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes in the changed picture."""
        found = self._decoder.read(self._change(grey))
        return [Reading(r.text, self._back(r), f"{r.engine} {self._name}") for r in found]

    def _back(self, reading: Reading) -> tuple[tuple[int, int], ...]:
        return tuple((round(x / self._scale), round(y / self._scale)) for x, y in reading.corners)


def resized(grey: Grey, scale: float) -> Grey:
    """Return `grey` in `scale` times its width and height."""
    # Linear enlarging smooths away modules of 1.7 pixels; Lanczos takes four times as long.
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return _bytes(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way))


def blurred(grey: Grey, sigma: float = 1.0) -> Grey:
    """Smooth away noise and moiré."""
    return _bytes(cv2.GaussianBlur(grey, (0, 0), sigma))


def evened(grey: Grey) -> Grey:
    """Remove specks, then spread the contrast of each part of the picture."""
    clahe = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8))
    return _bytes(clahe.apply(cv2.medianBlur(grey, 3)))


def inverted(grey: Grey) -> Grey:
    """Swap black and white."""
    return _bytes(cv2.bitwise_not(grey))


def sharpened(grey: Grey) -> Grey:
    """Undo a little defocus."""
    return _bytes(cv2.addWeighted(grey, 2.5, cv2.GaussianBlur(grey, (0, 0), 3.0), -1.5, 0))


def crisp(grey: Grey) -> Grey:
    """Undo what a lens smooths from one pixel to the next; noise grows with it."""
    return _bytes(cv2.filter2D(grey, -1, _CRISP))


def turned(grey: Grey, degrees: float) -> Grey:
    """Turn `grey` about its centre on a canvas large enough to hold all of it."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    new_width, new_height = int(height * sin + width * cos), int(height * cos + width * sin)
    matrix[0, 2] += new_width / 2 - width / 2
    matrix[1, 2] += new_height / 2 - height / 2
    return _bytes(cv2.warpAffine(grey, matrix, (new_width, new_height), borderValue=255))


def _bytes(image: Any) -> Grey:
    return np.asarray(image, dtype=np.uint8)
