"""Draw the last scans, one below the other, beside the camera's picture. Pure."""

from __future__ import annotations

import functools
from typing import Any

from PIL import Image, ImageDraw

from checkin.words.languages import spoken
from scanner.core.scan import Kind, utc_text
from scanner.window.card_lines import short_name
from scanner.window.clock import clock_time
from scanner.window.drawing.card import COLOURS
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import draw_line
from scanner.window.recent_scans import LISTED, RecentScan
from scanner.words import say

RECENT_PX = 300
ROW_PX = 82
LIST_PX = LISTED * ROW_PX
_BACK, _TEXT, _DIM, _GONE = "#111827", "#F9FAFB", "#B9C6BC", "#374151"
_ICON_PX, _GAP_PX = 44, 4


def recent_image(scans: tuple[RecentScan, ...], language: str, timezone: str) -> Image.Image:
    """Draw up to five scans, the newest on top; in Arabic they begin on the right."""
    image = Image.new("RGB", (RECENT_PX, LIST_PX), _BACK)
    for number, scan in enumerate(scans):
        row = _row(scan, language, timezone)
        image.paste(row, (0, number * ROW_PX))
    return image


@functools.lru_cache(maxsize=16)
def _row_of(kind: Kind, name: str, below: str, is_undone: bool, rtl: bool) -> Image.Image:
    image = Image.new("RGB", (RECENT_PX, ROW_PX), _BACK)
    draw = ImageDraw.Draw(image)
    colours, side = COLOURS[kind], ROW_PX - _GAP_PX
    start = RECENT_PX - side if rtl else 0
    fill, ink = (_GONE, _DIM) if is_undone else (colours.card, colours.ink)
    draw.rectangle((start, 0, start + side - 1, side - 1), fill=fill)
    icon = shape(kind, _ICON_PX, ink)
    image.paste(icon, (start + (side - _ICON_PX) // 2, (side - _ICON_PX) // 2), icon)
    left, right = (8, start - 12) if rtl else (side + 12, RECENT_PX - 8)
    span: dict[str, Any] = {"left": left, "right": right, "rtl": rtl}
    width = draw_line(draw, name, middle=24, size_px=28, bold=True, colour=_TEXT, **span)
    if is_undone:
        line = (right - width, right) if rtl else (left, left + width)
        draw.line((line[0], 26, line[1], 26), fill=_TEXT, width=3)
    draw_line(draw, below, middle=58, size_px=22, colour=_DIM, **span)
    return image


def _row(scan: RecentScan, language: str, timezone: str) -> Image.Image:
    verdict = scan.verdict
    time = clock_time(utc_text(verdict.scan.scanned_at), timezone)
    below = " · ".join(part for part in (time, _action(scan, language)) if part)
    rtl = spoken(language).is_from_right
    return _row_of(verdict.kind, short_name(verdict, language), below, scan.is_undone, rtl)


def _action(scan: RecentScan, language: str) -> str:
    if scan.is_undone:
        return say(language, "undone")
    if scan.may_be_undone:
        return say(
            language, "undo"
        )  # its key stands at the foot of the window, and the row is full
    return f"{say(language, 'override')} (O)" if scan.may_be_overridden else ""
