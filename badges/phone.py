"""The badge as a picture for a phone's screen: an opaque white card, readable in dark mode too."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from badges.look import PLAIN, Look, logo_picture
from badges.qr import FULL_SIDE, qr_image
from badges.spec import BadgeSpec, Shape
from badges.texts import moment_text
from badges.typesetting.category_looks import CategoryLook
from badges.typesetting.drawing import Row, draw_centred, require_shaping, set_row
from badges.typesetting.inks import BAND, BLACK, NAMES, SOFT, Ink, Inks
from badges.typesetting.shapes import outline

WIDTH_PX = 1080
MODULE_PX = 30

_MARGIN_PX = 60
_BAND_PX = 150
_MARK_PX = 74
_QR_PX = FULL_SIDE * MODULE_PX
# The white above a line of letters counts in the quiet zone of four modules: half a module of it.
_CODE_LIFT_PX = MODULE_PX // 2
_TOP_PX = 24
_BOTTOM_PX = 50
_GROUP_GAP_PX = 22
# Descenders and the marks under letters may reach below their line by this much.
_TAIL_PX = 12
_LOGO_SIZE_PX = (560, 110)
_LOGO_COLOURS = 128


def phone_badge_png(spec: BadgeSpec, look: Look = PLAIN) -> bytes:
    """Return a PNG 1,080 pixels wide: category band, logo, event, QR, code, names, delegation.

    Raises:
        BadgeError: Pillow cannot join Arabic letters here, and would silently draw them wrongly.
    """
    require_shaping()
    logo = _logo(look.logo) if look.logo else None
    inks = Inks(spec.category_colour, look.colour, _colours(logo) if logo else ())
    event = _both(spec, spec.event_name, spec.event_name_ar)
    strips = [
        _band(spec.category_shape, *_both(spec, spec.category, spec.category_ar)),
        *([_logo_strip(logo, inks)] if logo else []),
        _heading(inks.of_event, moment_text(spec.starts_at, spec.language), *event),
        _code(spec.code),
        _strip(_code_and_names(spec), NAMES.ground, below_px=_GROUP_GAP_PX),
        _delegation(*_both(spec, spec.delegation, spec.delegation_ar)),
        _strip([_number(spec.number)], NAMES.ground, below_px=_BOTTOM_PX),
    ]
    return _png(_stacked(strips), inks)


def category_band_png(look: CategoryLook, names: Sequence[str]) -> bytes:
    """Return the band of a category as a PNG, as its badges have it.

    Args:
        names: the category's names, in the order of the badge's languages.

    Raises:
        BadgeError: Pillow cannot join Arabic letters here, and would silently draw them wrongly.
    """
    require_shaping()
    return _png(_band(look.shape, *names).copy(), Inks(look.colour, PLAIN.colour))


def _code_and_names(spec: BadgeSpec) -> list[Row]:
    code = _row(spec.grouped_code, 38, bold=False, most_lines=1)
    names = [_row(text, 60) for text in _both(spec, spec.name, spec.name_ar)]
    return [code, replace(names[0], gap_px=_GROUP_GAP_PX), *names[1:]]


def _number(number: str) -> Row:
    return _row(number, 34, fill=SOFT.number, bold=False, most_lines=1)


def _row(
    text: str, size_px: int, *, fill: int = NAMES.number, bold: bool = True, most_lines: int = 2
) -> Row:
    width_px = WIDTH_PX - 2 * _MARGIN_PX
    return Row(
        text=text, size_px=size_px, width_px=width_px, fill=fill, bold=bold, most_lines=most_lines
    )


def _both(spec: BadgeSpec, text: str, text_ar: str | None) -> list[str]:
    texts = [text] if text_ar in (None, "", text) else [text, str(text_ar)]
    return texts[::-1] if spec.language == "ar" else texts


def _strip(rows: Sequence[Row], ground: int, *, above_px: int = 0, below_px: int) -> Image.Image:
    """Draw rows on their own background, as wide as the card; anything outside it is cut off."""
    sets = [set_row(row) for row in rows]
    height = above_px + sum(row.height_px for row in sets) + below_px
    strip = Image.new("L", (WIDTH_PX, height), ground)
    draw_centred(ImageDraw.Draw(strip), sets, x=WIDTH_PX // 2, y=above_px)
    return strip


# Parts shared by the badges of an event, a delegation or a category are drawn once.
@lru_cache(maxsize=32)
def _heading(ink: Ink, when: str, *event: str) -> Image.Image:
    rows = [_row(text, 36, fill=ink.number) for text in event]
    rows.append(_row(when, 32, fill=ink.number, bold=False))
    return _strip(rows, ink.ground, above_px=_TOP_PX, below_px=_TAIL_PX)


@lru_cache(maxsize=256)
def _delegation(*names: str) -> Image.Image:
    return _strip([_row(name, 80) for name in names], NAMES.ground, below_px=_TAIL_PX)


@lru_cache(maxsize=64)
def _band(shape: Shape, *category: str) -> Image.Image:
    band = Image.new("L", (WIDTH_PX, _BAND_PX), BAND.ground)
    draw = ImageDraw.Draw(band)
    top = (_BAND_PX - _MARK_PX) / 2
    corners = [(_MARGIN_PX + x * _MARK_PX, top + y * _MARK_PX) for x, y in outline(shape)]
    draw.polygon(corners, fill=BAND.number)
    left = _MARGIN_PX + _MARK_PX + 20
    width = WIDTH_PX - left - _MARGIN_PX
    rows = [
        set_row(Row(text=text, size_px=44, width_px=width, fill=BAND.number, most_lines=1))
        for text in category
    ]
    y = (_BAND_PX - sum(row.height_px for row in rows)) // 2
    draw_centred(draw, rows, x=left + width // 2, y=y)
    return band


@lru_cache(maxsize=8)
def _logo(logo: bytes) -> Image.Image:
    return logo_picture(logo, *_LOGO_SIZE_PX).quantize(_LOGO_COLOURS, dither=Image.Dither.NONE)


def _colours(logo: Image.Image) -> tuple[tuple[int, ...], ...]:
    channels = logo.getpalette() or []
    return tuple(tuple(channels[at : at + 3]) for at in range(0, len(channels), 3))


def _logo_strip(logo: Image.Image, inks: Inks) -> Image.Image:
    strip = Image.new("L", (WIDTH_PX, _TOP_PX + logo.height), NAMES.ground)
    numbers = Image.frombytes("L", logo.size, logo.tobytes()).point(
        lambda number: number + inks.logo_from
    )
    strip.paste(numbers, ((WIDTH_PX - logo.width) // 2, _TOP_PX))
    return strip


def _code(code: str) -> Image.Image:
    square = qr_image(code, module_px=MODULE_PX, black=BLACK, white=NAMES.ground)
    return square.crop((0, 0, _QR_PX, _QR_PX - _CODE_LIFT_PX))


def _stacked(strips: Sequence[Image.Image]) -> Image.Image:
    card = Image.new("L", (WIDTH_PX, sum(strip.height for strip in strips)), NAMES.ground)
    y = 0
    for strip in strips:
        card.paste(strip, ((WIDTH_PX - strip.width) // 2, y))
        y += strip.height
    return card


def _png(card: Image.Image, inks: Inks) -> bytes:
    card.putpalette([channel for colour in inks.colours for channel in colour])
    file = BytesIO()
    # Run-length compression: as small as a thorough search here, in half the time.
    card.save(file, "PNG", bits=inks.bits, compress_type=zlib.Z_RLE)
    return file.getvalue()
