"""Draw the whole screen as one picture: camera, verdict, strip. A pure function of its state."""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from checkin.protocol.codes import parse_code
from checkin.words.languages import spoken
from scanner.core.scan import Kind, Verdict
from scanner.decode.base import Colour, Corners
from scanner.window.drawing.card import HEIGHT_PX as CARD_PX
from scanner.window.drawing.card import card_image
from scanner.window.drawing.panel import form_image, help_image
from scanner.window.drawing.strip import STRIP_PX, strip_image
from scanner.window.drawing.text import draw_line, draw_paragraph
from scanner.window.drawing.tiles import tiles_image
from scanner.window.form import Form
from scanner.window.state import Card, Screen
from scanner.words import say

WIDTH_PX, HEIGHT_PX = 1280, 720
_HINT_PX = 116
_BANNER_PX = 104
_VIEW_PX = HEIGHT_PX - STRIP_PX
_DARK, _DARKER, _TEXT, _DIM = "#1F2937", "#111827", "#F9FAFB", "#9CA3AF"
_STOP = "#B91C1C"
_WHITE_BGR, _GREY_BGR = (255, 255, 255), (150, 150, 150)
# Lighter than the cards, to be seen on a dark picture.
_FRAMES_BGR = {
    Kind.ADMITTED: (80, 220, 60),
    Kind.ALREADY: (20, 160, 255),
    Kind.REFUSED: (60, 60, 255),
    Kind.PENDING: (255, 140, 60),
}


def compose(screen: Screen, camera: Colour | None) -> Colour:
    """Draw the screen, BGR of shape (720, 1280, 3).

    Args:
        camera: the newest picture, BGR of any size, or None while there is none.
    """
    picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    picture[_VIEW_PX:] = _bgr(strip_image(screen, WIDTH_PX))
    if screen.is_helping:
        picture[:_VIEW_PX] = _help(screen.language)
    elif screen.form_in_front:
        picture[:_VIEW_PX] = _form(screen.form_in_front, screen.language)
    else:
        _draw_view(picture, screen, camera)
    return picture


def _draw_view(picture: Colour, screen: Screen, camera: Colour | None) -> None:
    tiles = screen.tiles
    lower_px = CARD_PX if tiles else _HINT_PX
    view_px = _VIEW_PX - lower_px
    if camera is not None:
        frames = tuple((s.corners, _frame_colour(s.text, screen)) for s in screen.sightings)
        view = _filling(camera, frames, WIDTH_PX, view_px, mirrored=screen.is_mirrored)
        picture[:view_px] = view
    picture[view_px:_VIEW_PX] = _lower(tiles, screen)
    if screen.banner:
        picture[:_BANNER_PX] = _banner(screen.banner, screen.language)
    if len(screen.cards) > len(tiles) > 0:
        _mark_more(picture, len(screen.cards) - len(tiles), view_px)


def _lower(tiles: tuple[Card, ...], screen: Screen) -> Colour:
    if not tiles:
        return _hint(screen)
    return _cards(tuple(tile.verdict for tile in tiles), screen.language, screen.timezone)


def _frame_colour(text: str, screen: Screen) -> tuple[int, int, int]:
    """Return the colour of the frame around a code: its verdict's, white while there is none."""
    kind = dict(screen.faces).get(text)
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


# Drawing text takes some milliseconds of the 33 of a frame: unchanged parts are kept.
_drawn: dict[tuple[object, ...], Colour] = {}


def _cards(verdicts: tuple[Verdict, ...], language: str, timezone: str) -> Colour:
    key = (*(verdict.scan.scan_id for verdict in verdicts), language, timezone)
    if key not in _drawn:
        _drawn.clear()
        alone = len(verdicts) == 1
        image = (
            card_image(verdicts[0], language, timezone)
            if alone
            else tiles_image(verdicts, language, timezone)
        )
        _drawn[key] = _bgr(image)
    return _drawn[key]


# By comparison and not by hash: a form about a verdict holds the server's lists and tables.
_drawn_form: list[tuple[Form, str, Colour]] = []


def _form(form: Form, language: str) -> Colour:
    for earlier, in_language, picture in _drawn_form:
        if (earlier, in_language) == (form, language):
            return picture
    picture = _bgr(form_image(form, language, WIDTH_PX, _VIEW_PX))
    _drawn_form[:] = [(form, language, picture)]
    return picture


@functools.lru_cache(maxsize=1)
def _help(language: str) -> Colour:
    return _bgr(help_image(language, WIDTH_PX, _VIEW_PX))


def _hint(screen: Screen) -> Colour:
    notice = screen.notice or screen.trouble
    sentence = say(screen.language, notice[0], **dict(notice[1])) if notice else ""
    return _hint_panel(sentence, screen.language)


@functools.lru_cache(maxsize=8)
def _hint_panel(notice: str, language: str) -> Colour:
    image = Image.new("RGB", (WIDTH_PX, _HINT_PX), _DARK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    place: dict[str, Any] = {"left": 36, "right": WIDTH_PX - 36, "rtl": rtl}
    big: dict[str, Any] = {**place, "size_px": 46, "bold": True, "colour": _TEXT}
    if notice:
        draw_paragraph(draw, notice, middle=_HINT_PX // 2, most_lines=2, **big | {"size_px": 38})
    else:
        draw_line(draw, say(language, "show_badge"), middle=44, **big)
        draw_line(draw, say(language, "keys"), middle=92, size_px=22, colour=_DIM, **place)
    return _bgr(image)


@functools.lru_cache(maxsize=4)
def _banner(sentence: str, language: str) -> Colour:
    image = Image.new("RGB", (WIDTH_PX, _BANNER_PX), _STOP)
    rtl = spoken(language).is_from_right
    place: dict[str, Any] = {"left": 36, "right": WIDTH_PX - 36, "rtl": rtl}
    big: dict[str, Any] = {"size_px": 36, "bold": True, "colour": _TEXT}
    draw = ImageDraw.Draw(image)
    draw_paragraph(draw, sentence, middle=_BANNER_PX // 2, most_lines=2, **place, **big)
    return _bgr(image)


def _mark_more(picture: Colour, count: int, top: int) -> None:
    image = Image.new("RGB", (88, 56), _DARKER)
    draw = ImageDraw.Draw(image)
    draw_line(draw, f"+{count}", left=18, right=80, middle=28, size_px=36, colour=_TEXT, bold=True)
    picture[top : top + 56, WIDTH_PX - 88 :] = _bgr(image)


def _bgr(image: Image.Image) -> Colour:
    return np.asarray(image, dtype=np.uint8)[:, :, ::-1]
