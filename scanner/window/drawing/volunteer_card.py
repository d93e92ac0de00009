"""Draw the volunteer's card: what each colour means, and how to solve problems. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image, ImageDraw

from checkin.words.languages import spoken
from checkin.words.volunteer_card import Face, volunteer_card
from scanner.core.scan import Kind
from scanner.window.drawing.card import COLOURS
from scanner.window.drawing.text import SMALLEST_PX, draw_line, draw_lines, fitted_lines, line_step
from scanner.words import say

_BACK, _TEXT, _DIM = "#111827", "#F9FAFB", "#9CA3AF"
_MARGIN_PX, _GAP_PX, _FACE_PX = 40, 12, 92
_FACES_PX, _TROUBLE_PX = 204, 24
_KEYS_PX, _BETWEEN_PX = 38, 6


def volunteer_card_image(language: str, width: int, height: int) -> Image.Image:
    """Draw the card in one language; in Arabic it begins on the right."""
    image = Image.new("RGB", (width, height), _BACK)
    draw, card = ImageDraw.Draw(image), volunteer_card(language)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": _MARGIN_PX, "right": width - _MARGIN_PX, "rtl": rtl}
    line: Callable[..., int] = functools.partial(draw_line, draw, **span)
    line(card.title, middle=40, size_px=40, bold=True, colour=_TEXT)
    for number, step in enumerate(card.steps):
        line(f"{number + 1}. {step}", middle=92 + number * 40, size_px=27, colour=_TEXT)
    for number, face in enumerate(card.faces):
        _draw_face(draw, face, number, top=_FACES_PX, width=width, rtl=rtl)
    top = _FACES_PX + 2 * (_FACE_PX + _GAP_PX)
    size_px, paragraphs = fitted_paragraphs(card.trouble, width, height - _KEYS_PX - top)
    for lines in paragraphs:
        sides = (_MARGIN_PX, width - _MARGIN_PX)
        draw_lines(draw, lines, sides, top, size_px, _TEXT, rtl=rtl)
        top += len(lines) * line_step(size_px) + _BETWEEN_PX
    line(say(language, "card_keys"), middle=height - 22, size_px=22, colour=_DIM)
    return image


def fitted_paragraphs(
    sentences: Sequence[str], width: int, height: int
) -> tuple[int, list[list[str]]]:
    """Return the size in which sentences fit below one another, and the lines of each."""
    room, size_px = width - 2 * _MARGIN_PX, _TROUBLE_PX
    while True:
        paragraphs = [fitted_lines(one, room, size_px, 3, bold=False)[0] for one in sentences]
        lines = sum(map(len, paragraphs))
        needed = lines * line_step(size_px) + len(paragraphs) * _BETWEEN_PX
        if needed <= height or size_px <= SMALLEST_PX:
            return size_px, paragraphs
        size_px -= 1


def _draw_face(
    draw: ImageDraw.ImageDraw, face: Face, number: int, *, top: int, width: int, rtl: bool
) -> None:
    row, column = divmod(number, 2)
    wide = (width - 2 * _MARGIN_PX - _GAP_PX) // 2
    left = _MARGIN_PX + ((1 - column) if rtl else column) * (wide + _GAP_PX)
    top += row * (_FACE_PX + _GAP_PX)
    colours = COLOURS[Kind(face.mark)]
    draw.rounded_rectangle((left, top, left + wide, top + _FACE_PX), 10, fill=colours.card)
    line: Callable[..., int] = functools.partial(
        draw_line, draw, left=left + 20, right=left + wide - 20, colour=colours.ink, rtl=rtl
    )
    line(face.word, middle=top + 30, size_px=30, bold=True)
    line(face.todo, middle=top + 67, size_px=24)
