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
from badges.plain_svg import NotPlainError, plain_svg
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
#let ground = if sys.inputs.ground == "white" { white } else { none }
#set page(width: width, height: height, margin: 0pt, fill: ground)
#image(bytes(sys.inputs.logo), format: "svg", width: width, height: height, fit: "contain")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An event's own logo and colour on its badges.

    Args:
        logo: PNG as `checked_logo` returned it, or an SVG that an earlier version kept; None for
            none.
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
    TAKES_TOO_MUCH = "takes_too_much"
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
    """Return a logo that can be printed: a small PNG of what it shows, without extras.

    What a drawing takes grows with its size, and a hostile one takes all memory, or minutes: call
    it where both have limits.

    Raises:
        LookError: it is too large, neither PNG, JPEG nor SVG, cannot be drawn, or an SVG that
            holds more than a drawing needs.
    """
    picture = content.startswith(_PICTURES)
    most = LARGEST_PICTURE_BYTES if picture else LARGEST_DRAWING_BYTES
    if len(content) > most:
        sentence = f"the logo has {len(content):,} bytes: make it smaller than {most:,}"
        raise LookError(LookProblem.TOO_LARGE, f"{most // 1000}", sentence)
    return _small_picture(content) if picture else _drawn_svg(content)


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
    with Image.open(BytesIO(_drawn(logo_svg(logo), width_px, height_px, "white"))) as image:
        return image.convert("RGB")


def logo_data_url(look: Look) -> str | None:
    """Return the logo as an address that holds the whole picture, for a page kept offline."""
    if look.logo is None:
        return None
    picture = logo_picture(look.logo, 560, 112)
    return "data:image/png;base64," + base64.b64encode(png_bytes(picture)).decode()


def _drawn(svg: str, width_px: int, height_px: int, ground: Literal["white", "none"]) -> bytes:
    """Return a drawing as PNG, centred on its ground, as large as it fits.

    Raises:
        RuntimeError: it cannot be drawn.
    """
    page: Literal["png"] = "png"
    inputs = {"logo": svg, "width": str(width_px), "height": str(height_px), "ground": ground}
    try:
        png: bytes = typst.compile(
            _LOGO_PAGE,
            font_paths=layout_fonts(),
            ignore_system_fonts=True,
            format=page,
            ppi=72,
            sys_inputs=inputs,
        )
    except BaseException as fault:
        # A panic of the library, which has no class that could be named, and is no Exception.
        if type(fault).__name__ != "PanicException":
            raise
        raise RuntimeError(str(fault)) from fault
    return png


def _small_picture(content: bytes) -> bytes:
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


def _drawn_svg(content: bytes) -> bytes:
    text = content.decode("utf-8-sig", errors="replace")
    if "<svg" not in text or "\ufffd" in text:
        sentence = "the logo is neither PNG, JPEG nor SVG: save it as one of them"
        raise LookError(LookProblem.NO_PICTURE, "", sentence)
    try:
        png = _drawn(plain_svg(text), _KEPT_SIDE_PX, _KEPT_SIDE_PX, "none")
    except NotPlainError as fault:
        sentence = (
            f"the logo holds {fault.what!r}, which a drawing does not need: "
            "save it as plain SVG, or as PNG"
        )
        raise LookError(LookProblem.NOT_PLAIN, fault.what, sentence) from fault
    except (RuntimeError, ValueError) as fault:
        sentence = f"the logo cannot be drawn: {str(fault).splitlines()[0]}"
        raise LookError(LookProblem.BROKEN, "", sentence) from fault
    return _without_borders(png)


def _without_borders(png: bytes) -> bytes:
    with Image.open(BytesIO(png)) as image:
        drawn = image.convert("RGBA")
    box = drawn.getchannel("A").getbbox()
    if box is None:
        raise LookError(LookProblem.BROKEN, "", "the logo cannot be drawn: nothing is seen of it")
    return png_bytes(drawn.crop(box))
