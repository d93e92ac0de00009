"""Draw the whole screen as one picture: camera, verdict, strip. A pure function of its state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from checkin.protocol.codes import parse_code
from checkin.words.languages import spoken
from scanner.core.scan import Kind
from scanner.decode.base import Colour, Corners
from scanner.window.bus_panel import BusPanel
from scanner.window.drawing.bus import bus_image
from scanner.window.drawing.idle import IDLE_PX, idle_image
from scanner.window.drawing.panel import form_image, help_image
from scanner.window.drawing.recent import LIST_PX, RECENT_PX, recent_image
from scanner.window.drawing.strip import STRIP_PX, strip_image
from scanner.window.drawing.text import draw_line, draw_paragraph
from scanner.window.drawing.tiles import cards_image
from scanner.window.drawing.volunteer_card import volunteer_card_image
from scanner.window.form import Form
from scanner.window.idle import IdleGate
from scanner.window.recent_scans import Card, RecentScan
from scanner.window.state import Screen
from scanner.words import say

WIDTH_PX, HEIGHT_PX = 1280, 720
HINT_PX = 64
#: the camera's picture, and the card in its place: between the strip and the line of hints
VIEW = (WIDTH_PX - RECENT_PX, HEIGHT_PX - STRIP_PX - HINT_PX)
_VIEW_BOTTOM = STRIP_PX + VIEW[1]
_BANNER_PX = 104
_DARK, _TEXT, _DIM, _NOTICE = "#1F2937", "#F9FAFB", "#9CA3AF", "#FBBF24"
_STOP = "#B91C1C"
_WHITE_BGR, _GREY_BGR = (255, 255, 255), (150, 150, 150)
# Lighter than the cards, to be seen on a dark picture.
_FRAMES_BGR = {
    Kind.ADMITTED: (80, 220, 60),
    Kind.ALREADY: (60, 178, 244),
    Kind.REFUSED: (60, 60, 255),
    Kind.PENDING: (255, 140, 60),
}


def compose(screen: Screen, camera: Colour | None) -> Colour:
    """Draw the screen, BGR of shape (720, 1280, 3).

    Args:
        camera: the newest picture, BGR of any size, or None while there is none.
    """
    picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    picture[:STRIP_PX] = _bgr(strip_image(screen, WIDTH_PX))
    if screen.is_helping:
        picture[STRIP_PX:] = _help(screen.language, card=screen.is_card_shown)
    elif screen.bus_in_front:
        picture[STRIP_PX:] = _bus(screen.bus_in_front, screen.language)
    elif screen.form_in_front:
        picture[STRIP_PX:] = _form(screen.form_in_front, screen.language)
    else:
        picture[_VIEW_BOTTOM:] = _hint(screen)
        _draw_view(picture[STRIP_PX:_VIEW_BOTTOM], screen, camera)
    return picture


def _draw_view(middle: Colour, screen: Screen, camera: Colour | None) -> None:
    rtl = spoken(screen.language).is_from_right
    beside, view = (
        (middle[:, :RECENT_PX], middle[:, RECENT_PX:])
        if rtl
        else (middle[:, VIEW[0] :], middle[:, : VIEW[0]])
    )
    beside[:LIST_PX] = _recent(screen.recent.listed, screen.language, screen.timezone)
    if screen.cards:  # the camera's picture is small then, below the list
        _draw_camera(beside[LIST_PX:], screen, camera)
        top = _BANNER_PX if screen.banner else 0
        view[top:] = _cards(screen.cards, screen.language, screen.timezone, VIEW[1] - top)
    else:
        _draw_camera(view, screen, camera)
        if screen.idle:
            view[-IDLE_PX:] = _idle(screen, screen.idle)
    if screen.banner:
        view[:_BANNER_PX] = _banner(screen.banner, screen.language)


def _draw_camera(view: Colour, screen: Screen, camera: Colour | None) -> None:
    if camera is None:
        return
    frames = tuple((s.corners, _frame_colour(s.text, screen)) for s in screen.sightings)
    height, width = view.shape[:2]
    view[:] = _filling(camera, frames, width, height, mirrored=screen.is_mirrored)


def _frame_colour(text: str, screen: Screen) -> tuple[int, int, int]:
    """Return the colour of the frame around a code: its verdict's, white while there is none."""
    kind = screen.recent.kind_of(text)
    if kind is not None:
        return _FRAMES_BGR[kind]
    return _WHITE_BGR if parse_code(text) else _GREY_BGR


def _filling(
    camera: Colour,
    frames: tuple[tuple[Corners, tuple[int, int, int]], ...],
    width: int,
    height: int,
    *,
    mirrored: bool,
) -> Colour:
    """Scale and crop the middle of `camera` to fill the view, with a frame around each code."""
    scale = max(width / camera.shape[1], height / camera.shape[0])
    size = (max(width, round(camera.shape[1] * scale)), max(height, round(camera.shape[0] * scale)))
    whole = np.asarray(cv2.resize(camera, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    for code, colour in frames:
        outline = (np.asarray(code, dtype=np.float64) * scale).astype(np.int32)
        cv2.polylines(whole, [outline], isClosed=True, color=colour, thickness=6)
    if mirrored:
        whole = np.ascontiguousarray(whole[:, ::-1])
    x, y = (whole.shape[1] - width) // 2, (whole.shape[0] - height) // 2
    return whole[y : y + height, x : x + width]


# Drawing text takes some milliseconds of the 33 of a frame: unchanged parts are kept. By comparison
# and not by hash: a verdict holds the server's lists and tables.
_drawn: dict[str, tuple[object, Colour]] = {}


def _once(part: str, shown: object, draw: Callable[[], Image.Image]) -> Colour:
    kept = _drawn.get(part)
    if kept is None or kept[0] != shown:
        kept = _drawn[part] = (shown, _bgr(draw()))
    return kept[1]


def _cards(cards: tuple[Card, ...], language: str, timezone: str, height: int) -> Colour:
    shown, size = (cards, language, timezone, height), (VIEW[0], height)
    return _once("cards", shown, lambda: cards_image(cards, language, timezone, size))


def _recent(scans: tuple[RecentScan, ...], language: str, timezone: str) -> Colour:
    shown = (scans, language, timezone)
    return _once("recent", shown, lambda: recent_image(scans, language, timezone))


def _form(form: Form, language: str) -> Colour:
    size = (WIDTH_PX, HEIGHT_PX - STRIP_PX)
    return _once("form", (form, language), lambda: form_image(form, language, *size))


def _bus(panel: BusPanel, language: str) -> Colour:
    size = (WIDTH_PX, HEIGHT_PX - STRIP_PX)
    return _once("bus", (panel, language), lambda: bus_image(panel, language, *size))


def _idle(screen: Screen, idle: IdleGate) -> Colour:
    shown = (screen.gate, screen.gate_ar, idle.sentence(screen.language), screen.language)
    return _once("idle", shown, lambda: idle_image(*shown, VIEW[0]))


@functools.lru_cache(maxsize=1)
def _help(language: str, *, card: bool) -> Colour:
    draw = volunteer_card_image if card else help_image
    return _bgr(draw(language, WIDTH_PX, HEIGHT_PX - STRIP_PX))


def _hint(screen: Screen) -> Colour:
    notice = screen.notice or screen.trouble
    sentence = say(screen.language, notice[0], **dict(notice[1])) if notice else ""
    return _hint_panel(sentence, screen.language)


@functools.lru_cache(maxsize=8)
def _hint_panel(notice: str, language: str) -> Colour:
    image = Image.new("RGB", (WIDTH_PX, HINT_PX), _DARK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    place: dict[str, Any] = {"left": 24, "right": WIDTH_PX - 24, "rtl": rtl}
    if notice:
        said: dict[str, Any] = {**place, "size_px": 36, "bold": True, "colour": _NOTICE}
        draw_paragraph(draw, notice, middle=HINT_PX // 2, most_lines=1, **said)
    else:
        hint = f"{say(language, 'show_badge')} · {say(language, 'keys')}"
        draw_line(draw, hint, middle=HINT_PX // 2, size_px=26, colour=_DIM, **place)
    return _bgr(image)


@functools.lru_cache(maxsize=4)
def _banner(sentence: str, language: str) -> Colour:
    image = Image.new("RGB", (VIEW[0], _BANNER_PX), _STOP)
    rtl = spoken(language).is_from_right
    place: dict[str, Any] = {"left": 36, "right": VIEW[0] - 36, "rtl": rtl}
    big: dict[str, Any] = {"size_px": 36, "bold": True, "colour": _TEXT}
    draw = ImageDraw.Draw(image)
    draw_paragraph(draw, sentence, middle=_BANNER_PX // 2, most_lines=2, **place, **big)
    return _bgr(image)


def _bgr(image: Image.Image) -> Colour:
    return np.asarray(image, dtype=np.uint8)[:, :, ::-1]
