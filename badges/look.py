"""The logo and the colour of an event's badges, checked before anything is printed."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from typing import Literal

import typst
from PIL import Image, ImageOps

from badges.fonts import layout_fonts
from badges.qr import png_bytes
from badges.spec import BadgeError
from badges.typesetting.colour import contrast

LARGEST_DRAWING_BYTES = 300_000
LARGEST_PICTURE_BYTES = 1_500_000
#: words on white need this contrast to be read (WCAG 2.2, 1.4.3)
LEAST_CONTRAST = 4.5

_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURES = (_PNG, b"\xff\xd8\xff")
_LARGEST_SIDE_PX = 4000
_KEPT_SIDE_PX = 600
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LOGO_PAGE = b"""
#let (width, height) = (sys.inputs.width, sys.inputs.height).map(it => int(it) * 1pt)
#set page(width: width, height: height, margin: 0pt, fill: white)
#image(bytes(sys.inputs.logo), format: "svg", width: width, height: height, fit: "contain")
"""
# What would fetch or run something, or define a text bomb. A drawing needs none of it.
_NOT_DRAWING = re.compile(
    r"<!(DOCTYPE|ENTITY)|<\s*(\w+:)?(script|foreignObject|image|style|use)\b|\son\w+\s*=|url\(\s*['\"]?[^#'\"\s]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An event's own logo and colour on its badges.

    Args:
        logo: PNG or SVG as `checked_logo` returned it; None for none.
        colour: ``#rrggbb`` of the event's name, on white.
    """

    logo: bytes | None = None
    colour: str = "#4a545e"


PLAIN = Look()


class LookProblem(StrEnum):
    """What is wrong with a logo or a colour."""

    TOO_LARGE = "too_large"
    TOO_WIDE = "too_wide"
    NO_PICTURE = "no_picture"
    BROKEN = "broken"
    NOT_PLAIN = "not_plain"
    NO_COLOUR = "no_colour"
    TOO_LIGHT = "too_light"


class LookError(BadgeError):
    """A logo or a colour that cannot be used.

    Attributes:
        value: the number or the text that the sentence is about.
    """

    def __init__(self, problem: LookProblem, value: str, sentence: str) -> None:
        super().__init__(sentence)
        self.problem, self.value = problem, value


def checked_hue(colour: str) -> str:
    """Return a colour in lower case.

    Raises:
        LookError: it is no colour.
    """
    if not _COLOUR.fullmatch(colour):
        sentence = f"{colour!r} is no colour: write it like #1b6e4b"
        raise LookError(LookProblem.NO_COLOUR, colour, sentence)
    return colour.lower()


def checked_colour(colour: str) -> str:
    """Return the colour, if words in it can be read on white.

    Raises:
        LookError: it is no colour, or too light; the sentence gives its contrast.
    """
    found = contrast(checked_hue(colour), "#ffffff")
    if found < LEAST_CONTRAST:
        sentence = (
            f"{colour} on white has a contrast of {found:.1f}; words need {LEAST_CONTRAST}: "
            "choose a darker colour"
        )
        raise LookError(LookProblem.TOO_LIGHT, f"{found:.1f}", sentence)
    return colour.lower()


def checked_logo(content: bytes) -> bytes:
    """Return a logo that can be printed: an SVG as it is, a picture as a small PNG without extras.

    It is drawn, larger than any badge draws it. What a drawing takes grows with its size, and a
    hostile one takes all memory, or minutes: call it where both have limits.

    Raises:
        LookError: it is too large, neither PNG, JPEG nor SVG, cannot be drawn, or an SVG that
            would fetch or run something.
    """
    picture = content.startswith(_PICTURES)
    most = LARGEST_PICTURE_BYTES if picture else LARGEST_DRAWING_BYTES
    if len(content) > most:
        sentence = f"the logo has {len(content):,} bytes: make it smaller than {most:,}"
        raise LookError(LookProblem.TOO_LARGE, f"{most // 1000}", sentence)
    checked = _checked_picture(content) if picture else _checked_svg(content)
    try:
        logo_picture(checked, _KEPT_SIDE_PX, _KEPT_SIDE_PX)
    except RuntimeError as fault:
        sentence = f"the logo cannot be drawn: {str(fault).splitlines()[0]}"
        raise LookError(LookProblem.BROKEN, "", sentence) from fault
    return checked


def logo_svg(logo: bytes) -> str:
    """Return a checked logo as SVG, the one form that the layout takes."""
    if not logo.startswith(_PNG):
        return logo.decode()
    with Image.open(BytesIO(logo)) as image:
        width, height = image.size
    data = base64.b64encode(logo).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


@lru_cache(maxsize=16)
def logo_picture(logo: bytes, width_px: int, height_px: int) -> Image.Image:
    """Return a checked logo centred on white, as large as it fits; do not change the image."""
    page: Literal["png"] = "png"
    drawn: bytes = typst.compile(
        _LOGO_PAGE,
        font_paths=layout_fonts(),
        ignore_system_fonts=True,
        format=page,
        ppi=72,
        sys_inputs={"logo": logo_svg(logo), "width": str(width_px), "height": str(height_px)},
    )
    with Image.open(BytesIO(drawn)) as image:
        return image.convert("RGB")


def logo_data_url(look: Look) -> str | None:
    """Return the logo as an address that holds the whole picture, for a page kept offline."""
    if look.logo is None:
        return None
    picture = logo_picture(look.logo, 560, 112)
    return "data:image/png;base64," + base64.b64encode(png_bytes(picture)).decode()


def _checked_picture(content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if max(image.size) > _LARGEST_SIDE_PX:
                sentence = f"the logo is wider or higher than {_LARGEST_SIDE_PX} pixels"
                raise LookError(LookProblem.TOO_WIDE, str(_LARGEST_SIDE_PX), sentence)
            small = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        if isinstance(fault, LookError):
            raise
        sentence = f"the logo cannot be read as PNG or JPEG: {fault}"
        raise LookError(LookProblem.BROKEN, "", sentence) from fault
    small.thumbnail((_KEPT_SIDE_PX, _KEPT_SIDE_PX))
    return png_bytes(small)


def _checked_svg(content: bytes) -> bytes:
    text = content.decode("utf-8-sig", errors="replace")
    if "<svg" not in text or "\ufffd" in text:
        sentence = "the logo is neither PNG, JPEG nor SVG: save it as one of them"
        raise LookError(LookProblem.NO_PICTURE, "", sentence)
    if found := _NOT_DRAWING.search(text):
        words = found.group().strip()
        sentence = (
            f"the logo holds {words!r}, which a drawing does not need: "
            "save it as plain SVG, or as PNG"
        )
        raise LookError(LookProblem.NOT_PLAIN, words, sentence)
    return text.encode()
