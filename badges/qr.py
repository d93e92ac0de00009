"""The QR of a badge code: a matrix, a PNG or an SVG, the same bytes every time.

The 29 characters fill a version 2 symbol at level Q (25×25 modules) and no other size, so every
badge reads at the same distance. Printed black on white, never styled.
"""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import QRData

SIDE = 25
QUIET = 4
FULL_SIDE = SIDE + 2 * QUIET

_ALPHANUMERIC: Literal[2] = 2
# Scoring all eight masks takes most of the time. Any mask is valid, this one has the lowest mean
# penalty over badge codes, and the tests read every symbol back.
_MASK = 0

Matrix = list[list[bool]]


def qr_matrix(code: str) -> Matrix:
    """Return the symbol's 25 rows of 25 modules, True for black, without the quiet zone.

    Raises:
        ValueError: the code does not fit 25×25 modules at level Q in alphanumeric mode.
    """
    symbol = QRCode(version=2, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK)
    symbol.add_data(QRData(code, mode=_ALPHANUMERIC))
    symbol.make(fit=False)
    matrix = [[bool(module) for module in row] for row in symbol.modules]
    if len(matrix) != SIDE:
        raise ValueError(f"the symbol has {len(matrix)} modules a side instead of {SIDE}")
    return matrix


def qr_image(code: str, *, module_px: int, black: int = 0, white: int = 255) -> Image.Image:
    """Return a picture of 33×33 modules, the quiet zone of 4 included.

    Args:
        black, white: the pixel values of the two colours; the picture's mode is "L".
    """
    if module_px < 1:
        raise ValueError(f"module_px is {module_px}: give 1 or more")
    edge = [False] * QUIET
    empty = [[False] * FULL_SIDE] * QUIET
    rows = [*empty, *([*edge, *row, *edge] for row in qr_matrix(code)), *empty]
    pixels = bytes(black if module else white for row in rows for module in row)
    small = Image.frombytes("L", (FULL_SIDE, FULL_SIDE), pixels)
    side_px = FULL_SIDE * module_px
    return small.resize((side_px, side_px), Image.Resampling.NEAREST)


def qr_png(code: str, *, module_px: int = 10) -> bytes:
    """Return a one-bit PNG, 33 × `module_px` pixels a side, with its quiet zone of 4 modules."""
    return png_bytes(qr_image(code, module_px=module_px).convert("1"))


def qr_svg(code: str) -> str:
    """Return an SVG of 33×33 units with its quiet zone: a white ground and one black path."""
    runs = "".join(_row_path(y, row) for y, row in enumerate(qr_matrix(code)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {FULL_SIDE} {FULL_SIDE}">'
        f'<rect width="{FULL_SIDE}" height="{FULL_SIDE}" fill="#fff"/><path d="{runs}"/></svg>'
    )


def png_bytes(image: Image.Image) -> bytes:
    """Write a picture as PNG, with no time in it, so that the same picture is the same bytes."""
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _row_path(y: int, row: list[bool]) -> str:
    path = ""
    start: int | None = None
    for x, black in enumerate([*row, False]):
        if black and start is None:
            start = x
        elif not black and start is not None:
            width = x - start
            path += f"M{QUIET + start} {QUIET + y}h{width}v1h-{width}z"
            start = None
    return path
