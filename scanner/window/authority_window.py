"""The window's question whether a server is the organiser's, answered with a key."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from checkin.protocol.fingerprints import beginning, in_pairs
from checkin.words.languages import spoken
from scanner.core.typed import meant_key
from scanner.decode.base import Colour
from scanner.gate.authority_question import NO_KEYS, YES_KEYS
from scanner.window.drawing.compose import HEIGHT_PX, WIDTH_PX
from scanner.window.drawing.text import draw_line, draw_paragraph, width_of
from scanner.window.system.display import TITLE, shown_window
from scanner.window.system.keyboard import ESCAPE
from scanner.window.system.listening import Keyboard
from scanner.words import say

_WAIT_FOR_KEY_MS = 25
_BACK, _TEXT = "#111827", "#F9FAFB"
#: the background of the fingerprint
BOX = "#1F2937"
_MARGIN_PX = 60


def ask_in_window(language: str, server: str, fingerprint: str) -> bool:
    """Show the fingerprint until somebody presses a key that answers."""
    picture = question_picture(language, server, fingerprint)
    with shown_window(WIDTH_PX, HEIGHT_PX) as see_to_it:
        keyboard = Keyboard()
        try:
            while True:
                cv2.imshow(TITLE, picture)
                see_to_it()
                for key, _ in keyboard.wait(_WAIT_FOR_KEY_MS):
                    answer = meant_key(key.name, key.place)
                    if answer == ESCAPE or answer in NO_KEYS:
                        return False
                    if answer in YES_KEYS:
                        return True
        finally:
            keyboard.close()


def question_picture(language: str, server: str, fingerprint: str) -> Colour:
    """Draw the question, BGR of shape (720, 1280, 3)."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _BACK)
    draw = ImageDraw.Draw(image)
    span: dict[str, Any] = {
        "left": _MARGIN_PX,
        "right": WIDTH_PX - _MARGIN_PX,
        "rtl": spoken(language).is_from_right,
    }
    same = say(language, "authority_same")
    draw_paragraph(draw, same, middle=90, size_px=46, bold=True, colour=_TEXT, most_lines=2, **span)
    seen = say(language, "authority_seen", server=server)
    draw_paragraph(draw, seen, middle=230, size_px=30, colour=_TEXT, most_lines=3, **span)
    draw.rounded_rectangle((_MARGIN_PX, 320, WIDTH_PX - _MARGIN_PX, 560), 16, fill=BOX)
    _draw_fingerprint(draw, fingerprint)
    keys = say(language, "authority_keys")
    draw_line(draw, keys, middle=640, size_px=40, bold=True, colour=_TEXT, **span)
    return np.asarray(image, dtype=np.uint8)[:, :, ::-1]


def _draw_fingerprint(draw: ImageDraw.ImageDraw, fingerprint: str) -> None:
    """Draw the beginning of the fingerprint large, and the whole fingerprint small."""
    whole = in_pairs(fingerprint)
    half = len(whole) // 2 + 1
    lines = ((beginning(fingerprint), 400, 110), (whole[:half], 490, 26), (whole[half:], 528, 26))
    for text, middle, size_px in lines:
        left = round((WIDTH_PX - width_of(text, size_px, bold=True)) / 2)
        place: dict[str, Any] = {"left": left, "right": WIDTH_PX, "middle": middle}
        draw_line(draw, text, size_px=size_px, bold=True, colour=_TEXT, **place)
