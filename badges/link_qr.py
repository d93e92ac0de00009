"""The QR of a web address: any length, as a picture for a screen or for a poster.

Error correction level M is enough on a clean screen or poster, and its smaller symbol is read from
further away. The codes of badges are made in `badges.qr`.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any

from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from badges.qr import QUIET, png_bytes


def link_qr_svg(link: str) -> bytes:
    """Return an SVG, with its quiet zone of 4 modules."""
    file = BytesIO()
    _symbol(link).make_image(image_factory=SvgPathImage).save(file)
    return file.getvalue()


def link_qr_address(link: str) -> str:
    """Return the SVG as a data: address, for a picture in a page."""
    return "data:image/svg+xml;base64," + b64encode(link_qr_svg(link)).decode("ascii")


def link_qr_png(link: str, *, module_px: int = 16) -> bytes:
    """Return a PNG to print on a poster or to send, with its quiet zone of 4 modules."""
    symbol = _symbol(link)
    symbol.box_size = module_px
    return png_bytes(symbol.make_image().convert("1"))


def _symbol(link: str) -> QRCode[Any]:
    symbol = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    symbol.add_data(link)
    return symbol
