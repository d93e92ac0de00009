"""Read badges back from pictures and PDFs, as a scanner does."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pypdfium2  # type: ignore[import-untyped] # it ships no types
import zxingcpp
from PIL import Image

# Without Micro QR, whose small symbols are found in noise.
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def pages(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def page_sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1))
            for width, height in (page.get_size() for page in document)
        ]
    finally:
        document.close()


def codes_in(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(np.array(image.convert("L")), formats=_QR)
    # Reading order: rows of cards, then left to right.
    found = sorted(found, key=lambda it: (it.position.top_left.y // 50, it.position.top_left.x))
    return [it.text for it in found]


def code_box_px(image: Image.Image) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the only code in the image."""
    (found,) = zxingcpp.read_barcodes(np.array(image.convert("L")), formats=_QR)
    first, last = found.position.top_left, found.position.bottom_right
    return first.x, first.y, last.x, last.y


def inked_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of everything that is not white."""
    return image.convert("L").point(lambda level: 255 if level < 240 else 0).getbbox()
