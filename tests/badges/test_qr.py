from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar_decode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from badges.qr import qr_matrix, qr_png, qr_svg
from checkin.protocol.codes import format_code
from tests.badges.reading import codes_in, picture
from tests.badges.specs import a_code

codes = st.binary(min_size=16, max_size=16).map(format_code)


@given(codes)
@settings(max_examples=200, deadline=None)
def test_every_code_reads_back_in_both_decoders(code: str) -> None:
    image = picture(qr_png(code, module_px=4)).convert("L")

    by_zbar = [it.data.decode() for it in zbar_decode(image, symbols=[ZBarSymbol.QRCODE])]
    assert (codes_in(image), by_zbar) == ([code], [code])


def test_the_symbol_is_version_2_at_level_q() -> None:
    symbol = zxingcpp.read_barcode(np.array(picture(qr_png(a_code(1))).convert("L")))

    assert symbol is not None
    assert isinstance(symbol.extra, dict)
    assert (symbol.extra["Version"], symbol.ec_level) == ("2", "Q")


def test_the_modules_equal_those_of_an_unconstrained_symbol() -> None:
    fitted = QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=0)
    fitted.add_data(a_code(2))
    fitted.make(fit=True)

    assert qr_matrix(a_code(2)) == [[bool(module) for module in row] for row in fitted.modules]


def test_a_png_has_one_bit_a_pixel_and_four_white_modules_around() -> None:
    image = Image.open(BytesIO(qr_png(a_code(3), module_px=7)))

    assert (image.mode, image.size) == ("1", (33 * 7, 33 * 7))
    assert image.point(lambda level: 255 - level).getbbox() == (28, 28, 28 + 175, 28 + 175)


def test_an_svg_draws_the_same_modules_as_the_matrix() -> None:
    drawn = [[False] * 25 for _ in range(25)]
    for run in qr_svg(a_code(4)).split('d="M')[1].split('"')[0].split("M"):
        corner, width = run.split("h")[0], int(run.split("h")[1].split("v")[0])
        x, y = map(int, corner.split())
        for step in range(width):
            drawn[y - 4][x - 4 + step] = True

    assert drawn == qr_matrix(a_code(4))


def test_the_same_code_is_always_the_same_bytes() -> None:
    assert (qr_png(a_code(5)), qr_svg(a_code(5))) == (qr_png(a_code(5)), qr_svg(a_code(5)))


def test_a_text_too_long_for_the_symbol_is_refused() -> None:
    with pytest.raises((DataOverflowError, ValueError)):
        qr_matrix("A" * 30)


def test_a_module_needs_a_pixel() -> None:
    with pytest.raises(ValueError, match="module_px is 0: give 1 or more"):
        qr_png(a_code(6), module_px=0)
