"""The whole screen as one picture: camera, verdict, strip. A pure function of its state."""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from checkin.domain.verdicts import Direction
from scanner.decode.base import Colour, Corners
from scanner.scan import Verdict
from scanner.window.card import HEIGHT_PX as CARD_PX
from scanner.window.card import card_image
from scanner.window.state import Screen
from scanner.window.text import draw_line, draw_paragraph
from scanner.words import say

WIDTH_PX, HEIGHT_PX = 1280, 720
STRIP_PX = 60
_HINT_PX = 116
_VIEW_PX = HEIGHT_PX - STRIP_PX
_SKEW_WORTH_SAYING_S = 60
_DARK, _DARKER, _TEXT, _DIM = "#1F2937", "#111827", "#F9FAFB", "#9CA3AF"
_GREEN_DOT, _BLUE_DOT, _RED = "#34D399", "#60A5FA", "#F87171"
_EXIT_COLOUR = "#7C3AED"
_FRAME_BGR = (80, 220, 60)


def compose(screen: Screen, camera: Colour | None) -> Colour:
    """Draw the screen, BGR of shape (720, 1280, 3).

    Args:
        camera: the newest picture, BGR of any size, or None while there is none.
    """
    picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    card = screen.card
    lower = _card(card.verdict, screen.language, screen.timezone) if card else _hint(screen)
    lower_px = CARD_PX if card else _HINT_PX
    view_px = _VIEW_PX - lower_px
    if camera is not None:
        picture[:view_px] = _filling(camera, screen.corners, WIDTH_PX, view_px)
    picture[view_px:_VIEW_PX] = lower
    picture[_VIEW_PX:] = _strip(_strip_texts(screen), screen.language == "ar")
    if card and len(screen.cards) > 1:
        _mark_more(picture, len(screen.cards) - 1, view_px)
    return picture


def _filling(camera: Colour, corners: tuple[Corners, ...], width: int, height: int) -> Colour:
    """Scale and crop the middle of `camera` to fill the view, with a frame around each code."""
    scale = max(width / camera.shape[1], height / camera.shape[0])
    size = (max(width, round(camera.shape[1] * scale)), max(height, round(camera.shape[0] * scale)))
    whole = np.asarray(cv2.resize(camera, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    for code in corners:
        outline = (np.asarray(code, dtype=np.float64) * scale).astype(np.int32)
        cv2.polylines(whole, [outline], isClosed=True, color=_FRAME_BGR, thickness=6)
    x, y = (whole.shape[1] - width) // 2, (whole.shape[0] - height) // 2
    return whole[y : y + height, x : x + width]


# Drawing text takes some milliseconds, a frame has 33: what did not change is not drawn again.
_cards: dict[tuple[str, str, str], Colour] = {}


def _card(verdict: Verdict, language: str, timezone: str) -> Colour:
    key = (verdict.scan.scan_id, language, timezone)
    if key not in _cards:
        _cards.clear()
        _cards[key] = _bgr(card_image(verdict, language, timezone))
    return _cards[key]


def _hint(screen: Screen) -> Colour:
    notice = (
        say(screen.language, screen.notice[0], **dict(screen.notice[1])) if screen.notice else ""
    )
    return _hint_panel(notice, screen.language)


@functools.lru_cache(maxsize=8)
def _hint_panel(notice: str, language: str) -> Colour:
    image = Image.new("RGB", (WIDTH_PX, _HINT_PX), _DARK)
    draw = ImageDraw.Draw(image)
    place: dict[str, Any] = {"left": 36, "right": WIDTH_PX - 36, "rtl": language == "ar"}
    big: dict[str, Any] = {**place, "size_px": 46, "bold": True, "colour": _TEXT}
    if notice:
        draw_paragraph(draw, notice, middle=_HINT_PX // 2, most_lines=2, **big)
    else:
        draw_line(draw, say(language, "show_badge"), middle=44, **big)
        draw_line(draw, say(language, "keys"), middle=92, size_px=22, colour=_DIM, **place)
    return _bgr(image)


StripTexts = tuple[tuple[str, str], ...]


def _strip_texts(screen: Screen) -> StripTexts:
    """Return the strip's texts with their colours; the first is the direction, in its own box."""

    def count(key: str, number: int) -> str:
        return f"{say(screen.language, key)} : {number}"

    exiting = screen.type == Direction.EXIT
    texts = [(say(screen.language, screen.type), _EXIT_COLOUR if exiting else _DARK)]
    texts.append((screen.gate or say(screen.language, "gate"), _TEXT))
    link = "online" if screen.online else "offline"
    texts.append((say(screen.language, link), _GREEN_DOT if screen.online else _BLUE_DOT))
    texts.append((count("waiting", screen.waiting), _BLUE_DOT if screen.waiting else _DIM))
    texts.append((count("today", screen.admitted), _TEXT))
    if screen.aside:
        texts.append((count("aside", screen.aside), _RED))
    if screen.skew_s is not None and abs(screen.skew_s) >= _SKEW_WORTH_SAYING_S:
        texts.append((say(screen.language, "clock", skew=round(screen.skew_s)), _RED))
    return tuple(texts)


@functools.lru_cache(maxsize=8)
def _strip(texts: StripTexts, rtl: bool) -> Colour:
    image = Image.new("RGB", (WIDTH_PX, STRIP_PX), _DARKER)
    draw = ImageDraw.Draw(image)
    (direction, box), *others = texts
    left, right = (WIDTH_PX - 190, WIDTH_PX) if rtl else (0, 190)
    draw.rectangle((left, 0, right, STRIP_PX), fill=box)
    line = functools.partial(draw_line, draw, middle=STRIP_PX // 2, rtl=rtl)
    line(direction, left=left + 24, right=right - 24, size_px=34, bold=True, colour=_TEXT)
    room = (WIDTH_PX - 190 - 28) // len(others)
    for place, (text, colour) in enumerate(others):
        start = 190 + 28 + place * room
        span = (
            (WIDTH_PX - start - room + 20, WIDTH_PX - start) if rtl else (start, start + room - 20)
        )
        line(text, left=span[0], right=span[1], size_px=26, colour=colour)
    return _bgr(image)


def _mark_more(picture: Colour, count: int, top: int) -> None:
    image = Image.new("RGB", (88, 56), _DARKER)
    draw = ImageDraw.Draw(image)
    draw_line(draw, f"+{count}", left=18, right=80, middle=28, size_px=36, colour=_TEXT, bold=True)
    picture[top : top + 56, WIDTH_PX - 88 :] = _bgr(image)


def _bgr(image: Image.Image) -> Colour:
    return np.asarray(image, dtype=np.uint8)[:, :, ::-1]
