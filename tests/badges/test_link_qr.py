"""The QR of a link is read back as that link."""

from __future__ import annotations

from io import BytesIO

import zxingcpp
from PIL import Image

from badges.link_qr import link_qr_png, link_qr_svg

LINK = "https://marhaba.example.org/r/abcdefghijklmnopqrstuvwxyz"


def test_the_qr_picture_decodes_to_the_link():
    picture = Image.open(BytesIO(link_qr_png(LINK))).convert("L")

    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [LINK]


def test_the_same_link_gives_the_same_picture_and_the_svg_has_no_script():
    svg = link_qr_svg(LINK)

    assert svg == link_qr_svg(LINK)
    assert b"<svg" in svg
    assert b"script" not in svg
