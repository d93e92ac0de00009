"""The input and the result of every decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Grey: TypeAlias = npt.NDArray[np.uint8]
Colour: TypeAlias = npt.NDArray[np.uint8]
Corners: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One QR code that was read.

    Attributes:
        corners: four (x, y) in pixels of the image given, in order around the code.
        engine: which decoder read it first.
    """

    text: str
    corners: Corners
    engine: str


class Decoder(Protocol):
    """Anything that reads QR codes from a picture."""

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes in `grey`, an array of shape (height, width) of bytes."""
        ...


def grey_of(image: npt.NDArray[Any]) -> Grey:
    """Turn an image of 8 or 16 bits, grey, BGR or BGRA, into a grey one.

    Transparent parts become white paper: a QR code is often black on nothing.
    """
    import cv2

    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.ndim == 2:
        return np.ascontiguousarray(image, dtype=np.uint8)
    if image.shape[2] == 4:
        image = _on_white(image)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _on_white(image: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    opaque = image[:, :, 3:].astype(np.uint16)
    mixed = (image[:, :, :3] * opaque + 255 * (255 - opaque)) // 255
    return mixed.astype(np.uint8)
