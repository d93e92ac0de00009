"""The QR of a link is read back as that link."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from badges.link_qr import link_qr_png, link_qr_svg
from tests.badges.reading import codes_in

LINK = "https://marhaba.example.org/r/abcdefghijklmnopqrstuvwxyz"


def test_the_qr_picture_decodes_to_the_link():
    picture = Image.open(BytesIO(link_qr_png(LINK))).convert("L")

    assert codes_in(picture) == [LINK]


def test_the_same_link_gives_the_same_picture_and_the_svg_has_no_script():
    svg = link_qr_svg(LINK)

    assert svg == link_qr_svg(LINK)
    assert b"<svg" in svg
    assert b"script" not in svg
