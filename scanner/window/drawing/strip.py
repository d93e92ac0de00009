"""Draw the strip along the top: state of gate, connection, list and clock. Pure."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from datetime import timedelta

from PIL import Image, ImageDraw

from checkin.domain.scanning.facts import Direction
from checkin.words.languages import spoken
from scanner.window.card_lines import in_both_scripts
from scanner.window.clock import minutes_text
from scanner.window.drawing.text import draw_line, width_of
from scanner.window.state import Screen
from scanner.words import say

STRIP_PX = 72
_DIRECTION_PX = 190
_LABEL_PX, _VALUE_PX = 20, 30
_LABEL_MIDDLE, _VALUE_MIDDLE = 18, 48
_AROUND_PX = 10
#: a long name of a gate is set smaller before it crowds out the rest
_WIDEST_PX = 240
_BACK, _BOX, _TEXT, _DIM, _INK = "#111827", "#1F2937", "#F9FAFB", "#9CA3AF", "#111827"
_GREEN, _BLUE, _AMBER, _EXIT = "#34D399", "#93C5FD", "#FBBF24", "#7C3AED"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the strip: a small label over its value.

    Attributes:
        warns: drawn dark on amber with an exclamation mark.
    """

    label: str
    value: str
    colour: str = _TEXT
    warns: bool = False

    @property
    def shown(self) -> str:
        """Return the value as it is drawn."""
        return f"! {self.value}" if self.warns else self.value


def strip_image(screen: Screen, width: int) -> Image.Image:
    """Draw the strip; in Arabic it begins on the right."""
    box = _EXIT if screen.type == Direction.EXIT else _BOX
    direction = say(screen.language, screen.type)
    return _drawn(direction, box, cells_of(screen), spoken(screen.language).is_from_right, width)


def cells_of(screen: Screen) -> tuple[Cell, ...]:
    """Return the cells of the strip in reading order."""
    word = functools.partial(say, screen.language)
    link = Cell(word("network"), _link_text(screen))
    cells = [
        *([Cell(word("practice"), word("rehearsal"), warns=True)] if screen.rehearses else []),
        Cell(word("gate"), _gate_named(screen)),
        Cell(link.label, link.value, _GREEN if screen.online else _BLUE),
        _list_cell(screen),
        Cell(word("waiting"), str(screen.waiting), _BLUE if screen.waiting else _TEXT),
        _clock_cell(screen),
        Cell(word("today"), str(screen.admitted)),
    ]
    if screen.arrived:
        arrived, quota = screen.arrived
        label = word("arrived_over_all" if arrived > quota else "arrived_of_all")
        cells.append(Cell(label, f"{arrived} / {quota}"))
    if screen.low_battery is not None:
        cells.append(Cell(word("battery"), f"{screen.low_battery} %", warns=True))
    if screen.aside:
        cells.append(Cell(word("aside"), f"{screen.aside} · R", warns=True))
    if screen.drafts:
        cells.append(Cell(word("drafts"), f"{screen.drafts} · W", warns=True))
    if screen.is_muted:
        cells.append(Cell(word("sound"), word("off"), _DIM))
    return tuple(cells)


def _gate_named(screen: Screen) -> str:
    names = in_both_scripts(screen.gate, screen.gate_ar, screen.language)
    return " · ".join(names) or "—"


def _link_text(screen: Screen) -> str:
    if screen.online and screen.hub:
        return say(screen.language, "at_hub", name=screen.hub)
    return say(screen.language, "online" if screen.online else "offline")


def _list_cell(screen: Screen) -> Cell:
    label, fresh = say(screen.language, "list_age"), screen.freshness
    if fresh is not None and fresh.coming and screen.online:
        done, of = fresh.coming
        text = say(screen.language, "list_comes", done=done, of=of)
        return Cell(label, text, _DIM, warns=fresh.list_stale)
    if fresh is None or (fresh.list_age is None and screen.online):
        return Cell(label, "…", _DIM)  # it is on its way
    if fresh.list_age is None:
        return Cell(label, say(screen.language, "no_list"), warns=True)
    # Whole minutes, so that the strip is not drawn anew each second.
    minutes = fresh.list_age // timedelta(minutes=1)
    text = minutes_text(screen.language, max(1, minutes))
    return Cell(label, text if minutes else f"< {text}", warns=fresh.list_stale)


def _clock_cell(screen: Screen) -> Cell:
    label, fresh = say(screen.language, "clock"), screen.freshness
    if fresh is None or fresh.skew_s is None:
        return Cell(label, "…", _DIM)
    off_s = round(abs(fresh.skew_s))
    seconds = say(screen.language, "seconds", count=off_s)
    text = seconds if off_s < 100 else minutes_text(screen.language, off_s // 60)
    return Cell(label, text, warns=fresh.clock_off)


@functools.lru_cache(maxsize=8)
def _drawn(direction: str, box: str, cells: tuple[Cell, ...], rtl: bool, width: int) -> Image.Image:
    image = Image.new("RGB", (width, STRIP_PX), _BACK)
    draw = ImageDraw.Draw(image)
    left, right = (width - _DIRECTION_PX, width) if rtl else (0, _DIRECTION_PX)
    draw.rectangle((left, 0, right, STRIP_PX), fill=box)
    line = functools.partial(draw_line, draw, rtl=rtl)
    middle = STRIP_PX // 2
    line(
        direction,
        left=left + 24,
        right=right - 24,
        middle=middle,
        size_px=34,
        bold=True,
        colour=_TEXT,
    )
    for cell, (start, end) in zip(cells, _places(cells, width), strict=True):
        _draw_cell(draw, cell, *((width - end, width - start) if rtl else (start, end)), rtl=rtl)
    return image


def _places(cells: tuple[Cell, ...], width: int) -> list[tuple[int, int]]:
    """Share the width among the cells by what each needs."""
    needs = [_needed(cell) for cell in cells]
    stretch = (width - _DIRECTION_PX) / sum(needs)
    edges = [_DIRECTION_PX + round(stretch * sum(needs[:n])) for n in range(len(cells) + 1)]
    return list(itertools.pairwise(edges))


def _needed(cell: Cell) -> float:
    label = width_of(cell.label, _LABEL_PX)
    value = min(_WIDEST_PX, width_of(cell.shown, _VALUE_PX, bold=True))
    return 2 * _AROUND_PX + max(label, value)


def _draw_cell(draw: ImageDraw.ImageDraw, cell: Cell, left: int, right: int, *, rtl: bool) -> None:
    if cell.warns:
        draw.rectangle((left, 0, right - 1, STRIP_PX), fill=_AMBER)
    line = functools.partial(
        draw_line, draw, left=left + _AROUND_PX, right=right - _AROUND_PX, rtl=rtl
    )
    line(cell.label, middle=_LABEL_MIDDLE, size_px=_LABEL_PX, colour=_INK if cell.warns else _DIM)
    colour = _INK if cell.warns else cell.colour
    line(cell.shown, middle=_VALUE_MIDDLE, size_px=_VALUE_PX, colour=colour, bold=True)
