"""Draw what an idle gate shows over the camera's picture: its name, the doors, practice. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from checkin.words.languages import spoken
from scanner.window.drawing.text import draw_line
from scanner.words import say

IDLE_PX = 190
_BACK, _TEXT, _DIM, _AMBER = "#111827", "#F9FAFB", "#9CA3AF", "#FBBF24"


def idle_image(gate: str, gate_ar: str, doors: str, language: str, width: int) -> Image.Image:
    """Draw the panel of an idle gate; the name in the language's own script is the big one."""
    image = Image.new("RGB", (width, IDLE_PX), _BACK)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": 36, "right": width - 36, "rtl": rtl}
    line: Callable[..., int] = functools.partial(draw_line, ImageDraw.Draw(image), **span)
    names = [name for name in ((gate_ar, gate) if rtl else (gate, gate_ar)) if name]
    line(" · ".join(names), middle=46, size_px=50, bold=True, colour=_TEXT)
    line(doors, middle=106, size_px=38, bold=True, colour=_AMBER)
    line(f"P · {say(language, 'try_practice')}", middle=158, size_px=26, colour=_DIM)
    return image
