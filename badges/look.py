"""How an event's badges look: its logo and its colour, checked before anything is printed."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import typst
from PIL import Image

from badges.colour import contrast
from badges.qr import png_bytes
from badges.spec import BadgeError

LARGEST_LOGO_BYTES = 300_000
#: words on white need this contrast to be read (WCAG 2.2, 1.4.3)
LEAST_CONTRAST = 4.5

_PNG = b"\x89PNG\r\n\x1a\n"
_LARGEST_SIDE_PX = 4000
_KEPT_SIDE_PX = 600
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# What would fetch or run something, or define a text bomb. A drawing needs none of it.
_NOT_DRAWING = re.compile(
    r"<!(DOCTYPE|ENTITY)|<\s*(\w+:)?(script|foreignObject|image|style|use)\b|\son\w+\s*=|url\(\s*['\"]?[^#'\"\s]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An event's own looks on its badges.

    Args:
        logo: PNG or SVG as `checked_logo` returned it; None for none.
        colour: ``#rrggbb`` of the event's name, on white.
    """

    logo: bytes | None = None
    colour: str = "#4a545e"


PLAIN = Look()


def checked_colour(colour: str) -> str:
    """Return the colour, if words in it can be read on white.

    Raises:
        BadgeError: it is no colour, or too light; the sentence says how far it is off.
    """
    if not _COLOUR.fullmatch(colour):
        raise BadgeError(f"{colour!r} is no colour: write it like #1b6e4b")
    found = contrast(colour, "#ffffff")
    if found < LEAST_CONTRAST:
        raise BadgeError(
            f"{colour} on white has a contrast of {found:.1f}; words need {LEAST_CONTRAST}: "
            "choose a darker colour"
        )
    return colour.lower()


def checked_logo(content: bytes) -> bytes:
    """Return a logo that can be printed: an SVG as it is, a PNG made small and without extras.

    Raises:
        BadgeError: it is too large, neither PNG nor SVG, cannot be drawn, or an SVG that would
            fetch or run something.
    """
    if len(content) > LARGEST_LOGO_BYTES:
        raise BadgeError(
            f"the logo has {len(content):,} bytes: make it smaller than {LARGEST_LOGO_BYTES:,}"
        )
    checked = _checked_png(content) if content.startswith(_PNG) else _checked_svg(content)
    _draw_once(checked)
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


def _checked_png(content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            if max(image.size) > _LARGEST_SIDE_PX:
                raise BadgeError(f"the logo is wider or higher than {_LARGEST_SIDE_PX} pixels")
            small = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise BadgeError(f"the logo cannot be read as PNG: {fault}") from fault
    small.thumbnail((_KEPT_SIDE_PX, _KEPT_SIDE_PX))
    return png_bytes(small)


def _checked_svg(content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadgeError("the logo is neither PNG nor SVG: save it as one of them") from None
    if "<svg" not in text:
        raise BadgeError("the logo is neither PNG nor SVG: save it as one of them")
    if found := _NOT_DRAWING.search(text):
        raise BadgeError(
            f"the logo holds {found.group().strip()!r}, which a drawing does not need: "
            "save it as plain SVG, or as PNG"
        )
    return text.encode()


def _draw_once(logo: bytes) -> None:
    page: Literal["png"] = "png"
    try:
        typst.compile(
            b'#image(bytes(sys.inputs.logo), format: "svg", width: 10mm, height: 10mm)',
            format=page,
            sys_inputs={"logo": logo_svg(logo)},
        )
    except RuntimeError as fault:
        raise BadgeError(f"the logo cannot be drawn: {str(fault).splitlines()[0]}") from fault
