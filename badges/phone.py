"""The badge as a picture for a phone's screen: an opaque white card, readable in dark mode too."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageColor, ImageDraw

from badges.colour import DARK, ink_on
from badges.drawing import Row, Set, draw_centred, require_shaping, set_row
from badges.fonts import BOLD, REGULAR
from badges.qr import FULL_SIDE, png_bytes, qr_image
from badges.shapes import outline
from badges.spec import BadgeSpec
from badges.texts import moment_text

WIDTH_PX = 1080
MODULE_PX = 30

_MARGIN_PX = 60
_BAND_PX = 150
_MARK_PX = 74
_QR_PX = FULL_SIDE * MODULE_PX
# The white above a line of letters counts in the quiet zone of four modules: half a module of it.
_CODE_LIFT_PX = -MODULE_PX // 2
_SOFT = "#4a545e"
_TOP_PX = 24
_GROUP_GAP_PX = 22
# Steps between a ground and its ink, for the edges of letters.
_BLENDS = 16


def phone_badge_png(spec: BadgeSpec) -> bytes:
    """Return a PNG 1,080 pixels wide: category band, event, QR, code, names, delegation.

    Raises:
        BadgeError: Pillow cannot join Arabic letters here, and would draw them wrong in silence.
    """
    require_shaping()
    above = [set_row(row) for row in _rows_above(spec)]
    below = [set_row(row) for row in _rows_below(spec)]
    card = Image.new("RGB", (WIDTH_PX, _height_px(above, below)), "#ffffff")
    draw = ImageDraw.Draw(card)
    _draw_band(draw, spec)
    y = draw_centred(draw, above, x=WIDTH_PX // 2, y=_BAND_PX + _TOP_PX)
    card.paste(qr_image(spec.code, module_px=MODULE_PX), ((WIDTH_PX - _QR_PX) // 2, y))
    draw_centred(draw, below, x=WIDTH_PX // 2, y=y + _QR_PX + _CODE_LIFT_PX)
    return png_bytes(_with_few_colours(card, spec), smallest=False)


def _rows_above(spec: BadgeSpec) -> list[Row]:
    return [
        *(_row(text, 36, fill=_SOFT) for text in _both(spec, spec.event_name, spec.event_name_ar)),
        _row(moment_text(spec.local_start, spec.language), 32, fill=_SOFT, font=REGULAR),
    ]


def _rows_below(spec: BadgeSpec) -> list[Row]:
    return [
        _row(spec.grouped_code, 38, font=REGULAR, most_lines=1),
        *_group(_both(spec, spec.name, spec.name_ar), 60),
        *_group(_both(spec, spec.delegation, spec.delegation_ar), 80),
        _row(spec.number, 34, fill=_SOFT, font=REGULAR, most_lines=1),
    ]


def _group(texts: list[str], size_px: int) -> list[Row]:
    rows = [_row(text, size_px) for text in texts]
    return [replace(rows[0], gap_px=_GROUP_GAP_PX), *rows[1:]]


def _row(
    text: str, size_px: int, *, fill: str = DARK, font: str = BOLD, most_lines: int = 2
) -> Row:
    width_px = WIDTH_PX - 2 * _MARGIN_PX
    return Row(
        text=text, size_px=size_px, width_px=width_px, fill=fill, font=font, most_lines=most_lines
    )


def _both(spec: BadgeSpec, text: str, text_ar: str | None) -> list[str]:
    texts = [text] if text_ar in (None, "", text) else [text, str(text_ar)]
    return texts[::-1] if spec.language == "ar" else texts


def _height_px(above: list[Set], below: list[Set]) -> int:
    rows_px = sum(row.height_px for row in [*above, *below])
    return _BAND_PX + _TOP_PX + rows_px + _QR_PX + _CODE_LIFT_PX + 50


def _with_few_colours(card: Image.Image, spec: BadgeSpec) -> Image.Image:
    # A palette made for these inks: half the bytes of true colours, and forty times quicker to
    # apply than one found in the picture.
    blends = [
        *_blends("#ffffff", DARK),
        *_blends("#ffffff", _SOFT),
        *_blends(spec.category_colour, ink_on(spec.category_colour)),
        (0, 0, 0),
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in blends for channel in colour])
    return card.quantize(palette=palette, dither=Image.Dither.NONE)


def _blends(ground: str, ink: str) -> list[tuple[int, ...]]:
    ends = [ImageColor.getrgb(colour) for colour in (ground, ink)]
    shares = [step / (_BLENDS - 1) for step in range(_BLENDS)]
    return [
        tuple(round(a + (b - a) * share) for a, b in zip(*ends, strict=True)) for share in shares
    ]


def _draw_band(draw: ImageDraw.ImageDraw, spec: BadgeSpec) -> None:
    ink = ink_on(spec.category_colour)
    draw.rectangle((0, 0, WIDTH_PX, _BAND_PX), fill=spec.category_colour)
    top = (_BAND_PX - _MARK_PX) / 2
    corners = [
        (_MARGIN_PX + x * _MARK_PX, top + y * _MARK_PX) for x, y in outline(spec.category_shape)
    ]
    draw.polygon(corners, fill=ink)
    _draw_category(draw, spec, ink)


def _draw_category(draw: ImageDraw.ImageDraw, spec: BadgeSpec, ink: str) -> None:
    left = _MARGIN_PX + _MARK_PX + 20
    width = WIDTH_PX - left - _MARGIN_PX
    texts = _both(spec, spec.category, spec.category_ar)
    rows = [
        set_row(Row(text=text, size_px=44, width_px=width, fill=ink, most_lines=1))
        for text in texts
    ]
    y = (_BAND_PX - sum(row.height_px for row in rows)) // 2
    draw_centred(draw, rows, x=left + width // 2, y=y)
