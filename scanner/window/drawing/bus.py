"""Draw the list of a bus, and what became of it. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from checkin.domain.scanning.messages import refusal_message
from checkin.domain.scanning.reasons import ROWS, Reason
from checkin.words.languages import spoken
from scanner.core.next_steps import act_said
from scanner.core.scan import Kind, Verdict
from scanner.gate.bus import BusResult, Passenger
from scanner.window.bus_panel import BusPanel
from scanner.window.drawing.panel import AMBER, BACK, BOX, DIM, MARGIN_PX, MARKED, TEXT
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import draw_line, draw_paragraph
from scanner.words import say

_ROW_PX = 46
_ROWS = 8
_TOP_PX = 178
_GREEN, _RED = "#34D399", "#F87171"
_ICON_PX = 32
#: nothing is drawn beside who is missing
_MARKS: dict[str, tuple[Kind | None, str]] = {
    "bus_here": (Kind.ADMITTED, _GREEN),
    "bus_missing": (None, _RED),
    "bus_is_in": (Kind.ALREADY, AMBER),
}

Line = Callable[..., int]


def bus_image(panel: BusPanel, language: str, width: int, height: int) -> Image.Image:
    """Draw the list, or the result; in Arabic everything begins on the right."""
    image = Image.new("RGB", (width, height), BACK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": MARGIN_PX, "right": width - MARGIN_PX, "rtl": rtl}
    line: Line = functools.partial(draw_line, draw, **span)
    title = say(language, "bus_title", name=panel.bus.name)
    line(title, middle=48, size_px=44, bold=True, colour=TEXT)
    if panel.result:
        _draw_result(draw, line, panel, panel.result, language)
    else:
        _draw_list(draw, line, panel, language)
    if panel.notice:
        sentence = say(language, panel.notice[0], **dict(panel.notice[1]))
        said: dict[str, Any] = {**span, "size_px": 30, "most_lines": 2, "colour": AMBER}
        draw_paragraph(draw, sentence, middle=height - 76, **said)
    keys = "bus_keys_after" if panel.result else "bus_keys"
    line(say(language, keys), middle=height - 26, size_px=24, colour=DIM)
    return image


def _draw_list(draw: ImageDraw.ImageDraw, line: Line, panel: BusPanel, language: str) -> None:
    bus = panel.bus
    count = len(bus.ticked)
    going = {"done": count - panel.waiting, "count": count}
    said = say(language, "bus_going", **going) if panel.waiting else ""
    line(said or say(language, "bus_let_in", count=count), middle=98, size_px=36, colour=_GREEN)
    if panel.pin is not None:
        asked = f"{say(language, 'bus_pin')} {'•' * len(panel.pin)}|"
    else:
        asked = f"{say(language, 'bus_find')} {bus.letters}|"
    line(asked, middle=146, size_px=28, colour=DIM)
    shown, at = bus.shown, bus.marked
    row = shown.index(at) if at is not None else 0
    first = max(0, min(row - _ROWS // 2, len(shown) - _ROWS))
    for number, place in enumerate(shown[first : first + _ROWS]):
        key = _state(bus.people[place], is_ticked=place in bus.ticked)
        top = _TOP_PX + number * _ROW_PX
        _draw_person(draw, line, bus.people[place], key, language, top, is_marked=place == at)


def _state(one: Passenger, *, is_ticked: bool) -> str:
    if one.is_in:
        return "bus_is_in"
    return "bus_here" if is_ticked else "bus_missing"


def _draw_person(
    draw: ImageDraw.ImageDraw,
    line: Line,
    one: Passenger,
    key: str,
    language: str,
    top: int,
    *,
    is_marked: bool,
) -> None:
    width = draw.im.size[0]
    area = (MARGIN_PX - 14, top, width - MARGIN_PX + 14, top + _ROW_PX - 4)
    draw.rounded_rectangle(area, 8, fill=MARKED if is_marked else BOX)
    rtl = spoken(language).is_from_right
    names = [name for name in (reversed(one.names) if rtl else one.names) if name]
    kind, colour = _MARKS[key]
    colour = TEXT if is_marked else colour  # on the mark's blue no other one can be read
    if kind:
        _draw_icon(draw, kind, colour, top + 5, rtl=rtl)
    columns = ((MARGIN_PX + 50, width - 300), (width - 280, width - 70))
    texts = (" · ".join(names), say(language, key))
    for (left, right), text, tint in zip(columns, texts, (TEXT, colour), strict=True):
        span = (width - right, width - left) if rtl else (left, right)
        line(text, left=span[0], right=span[1], middle=top + 21, size_px=28, colour=tint)


def _draw_icon(draw: ImageDraw.ImageDraw, kind: Kind, colour: str, top: int, *, rtl: bool) -> None:
    left = draw.im.size[0] - MARGIN_PX - _ICON_PX if rtl else MARGIN_PX
    draw.bitmap((left, top), shape(kind, _ICON_PX, colour).getchannel("A"), fill=colour)


def _draw_result(
    draw: ImageDraw.ImageDraw, line: Line, panel: BusPanel, result: BusResult, language: str
) -> None:
    counts = {"let_in": result.let_in, "already": result.already, "refused": len(result.refused)}
    line(say(language, "bus_result", **counts), middle=118, size_px=40, bold=True, colour=TEXT)
    refused = [panel.verdicts[place] for place in result.refused[panel.first :]]
    if not refused:
        line(say(language, "bus_none_refused"), middle=190, size_px=32, colour=_GREEN)
    rtl = spoken(language).is_from_right
    left, right = MARGIN_PX + 50, draw.im.size[0] - MARGIN_PX
    span = (draw.im.size[0] - right, draw.im.size[0] - left) if rtl else (left, right)
    for number, verdict in enumerate(refused[:_ROWS]):
        middle = 190 + number * _ROW_PX
        _draw_icon(draw, Kind.REFUSED, _RED, middle - _ICON_PX // 2, rtl=rtl)
        why = _why(verdict, language)
        line(why, left=span[0], right=span[1], middle=middle, size_px=30, colour=TEXT)


def _why(verdict: Verdict, language: str) -> str:
    person = verdict.participant or {}
    names = [person.get("name"), person.get("name_ar")]
    if spoken(language).is_from_right:
        names.reverse()
    name = next((one for one in names if one), "")
    reason = verdict.reason or ""
    said = refusal_message(Reason(reason), language) if reason in ROWS else verdict.message
    act = "" if verdict.fault else act_said(verdict.next_step, reason, language)
    return " · ".join(one for one in (name, said, act) if one)
