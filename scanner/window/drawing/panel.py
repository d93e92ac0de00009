"""Draw the forms and the help over the whole view. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from checkin.words.gate_keys import gate_keys
from checkin.words.languages import spoken
from scanner.window.card_lines import in_both_scripts
from scanner.window.drawing.text import draw_line, draw_paragraph, width_of
from scanner.window.form import Form, Purpose
from scanner.words import say

BACK, BOX, _BOX_NOW, MARKED = "#111827", "#1F2937", "#374151", "#1A4FC4"
TEXT, DIM, AMBER = "#F9FAFB", "#9CA3AF", "#FBBF24"
MARGIN_PX = 60
_OPTIONS_SHOWN = 6
_OPTION_PX = 54
#: of an option where details take a line of their own, because they are long
_HIGH_OPTION_PX = 64
_DETAIL_PX = 28
#: of a field; of each where more are shown, so that a list still has room under them
_FIELD_PX, _LOW_FIELD_PX, _FIELDS_AT_EASE = 68, 50, 3


def form_image(form: Form, language: str, width: int, height: int) -> Image.Image:
    """Draw a form; in Arabic labels stand on the right and lists begin there."""
    image = Image.new("RGB", (width, height), BACK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": MARGIN_PX, "right": width - MARGIN_PX, "rtl": rtl}
    line: Callable[..., int] = functools.partial(draw_line, draw, **span)
    line(say(language, form.purpose), middle=52, size_px=46, bold=True, colour=TEXT)
    top = _draw_subject(line, form, language)
    shown = form.shown_fields
    height_px = _FIELD_PX if len(shown) <= _FIELDS_AT_EASE else _LOW_FIELD_PX
    for number in shown:
        _draw_field(draw, form, number, language, top=top, width=width, height_px=height_px)
        top += height_px + 16
    if form.notice:
        sentence = say(language, form.notice[0], **dict(form.notice[1]))
        paragraph: dict[str, Any] = {**span, "size_px": 30, "most_lines": 2, "colour": AMBER}
        draw_paragraph(draw, sentence, middle=top + 34, **paragraph)
        top += 80
    _draw_options(draw, form, top=top, width=width, height=height, rtl=rtl)
    line(say(language, "form_keys"), middle=height - 28, size_px=24, colour=DIM)
    return image


def _draw_subject(line: Callable[..., int], form: Form, language: str) -> int:
    if form.purpose not in (Purpose.ADMIT, Purpose.NEW_BADGE):
        return 100
    person = form.subject if form.purpose == Purpose.ADMIT else form.subject.choice.value
    who = in_both_scripts(person.name, person.name_ar, language)
    line(" · ".join(who), middle=116, size_px=34, colour=TEXT)
    return 156


def _draw_field(
    draw: ImageDraw.ImageDraw,
    form: Form,
    number: int,
    language: str,
    *,
    top: int,
    width: int,
    height_px: int,
) -> None:
    field, text = form.fields[number], form.shown_text(number)
    rtl, now = spoken(language).is_from_right, number == form.at
    label = (width - 400, width - MARGIN_PX) if rtl else (MARGIN_PX, 400)
    box = (MARGIN_PX, width - 420) if rtl else (420, width - MARGIN_PX)
    line = functools.partial(draw_line, draw, middle=top + height_px // 2, rtl=rtl)
    line(say(language, field.label), left=label[0], right=label[1], size_px=32, colour=DIM)
    edge = TEXT if now else BOX
    area = (box[0], top, box[1], top + height_px)
    draw.rounded_rectangle(area, 10, fill=_BOX_NOW if now else BOX, outline=edge, width=3)
    shown = "•" * len(text) if field.secret else text
    caret = "|" if now and not form.is_waiting else ""
    line(shown + caret, left=box[0] + 20, right=box[1] - 20, size_px=36, colour=TEXT, bold=True)


def _draw_options(
    draw: ImageDraw.ImageDraw, form: Form, *, top: int, width: int, height: int, rtl: bool
) -> None:
    shown, marked = form.shown_options, form.marked
    beside = _beside(width, rtl=rtl)
    room_px = beside[1][1] - beside[1][0]
    is_high = any(width_of(one.detail, _DETAIL_PX) > room_px for one in shown)
    step = _HIGH_OPTION_PX if is_high else _OPTION_PX
    room = min(_OPTIONS_SHOWN, (height - 56 - top) // step)
    first = max(0, min(marked - room // 2, len(shown) - room))
    whole = (MARGIN_PX, width - MARGIN_PX)
    for place, option in enumerate(shown[first : first + room]):
        y = top + place * step
        if first + place == marked:
            area = (whole[0] - 14, y, whole[1] + 14, y + step - 4)
            draw.rounded_rectangle(area, 8, fill=MARKED)
        line = functools.partial(draw_line, draw, rtl=rtl, colour=TEXT)
        label, detail = (whole, whole) if is_high or not option.detail else beside
        middles, sizes = ((19, 46), (30, 24)) if is_high else ((25, 25), (32, _DETAIL_PX))
        name: dict[str, Any] = {"middle": y + middles[0], "size_px": sizes[0], "bold": True}
        line(option.label, left=label[0], right=label[1], **name)
        told: dict[str, Any] = {"middle": y + middles[1], "size_px": sizes[1]}
        line(option.detail, left=detail[0], right=detail[1], **told)


def _beside(width: int, *, rtl: bool) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return left and right of an option's name, and of its details beside it."""
    middle = width * 11 // 20
    name, detail = (MARGIN_PX, middle - 20), (middle, width - MARGIN_PX)
    if rtl:
        return (width - name[1], width - name[0]), (width - detail[1], width - detail[0])
    return name, detail


def help_keys(language: str) -> tuple[tuple[str, str], ...]:
    """Return the keys of a gate, and those that a browser has no use for."""
    own = (("R", "help_again"), ("Q", "help_quit"))
    return (*gate_keys(language), *((key, say(language, does)) for key, does in own))


def help_image(language: str, width: int, height: int) -> Image.Image:
    """Draw what each key does."""
    image = Image.new("RGB", (width, height), BACK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": MARGIN_PX, "right": width - MARGIN_PX, "rtl": rtl}
    draw_line(
        draw,
        say(language, "help_title"),
        middle=50,
        size_px=46,
        bold=True,
        colour=TEXT,
        **span,
    )
    shown = help_keys(language)
    rows = (len(shown) + 1) // 2
    for number, (key, meaning) in enumerate(shown):
        column, row = divmod(number, rows)
        _draw_key(draw, key, meaning, rtl=rtl, column=column, y=80 + row * 59, width=width)
    draw_line(
        draw, say(language, "help_wedge"), middle=height - 66, size_px=28, colour=TEXT, **span
    )
    draw_line(
        draw, say(language, "help_card"), middle=height - 26, size_px=28, colour=AMBER, **span
    )
    return image


def _draw_key(
    draw: ImageDraw.ImageDraw,
    key: str,
    meaning: str,
    *,
    rtl: bool,
    column: int,
    y: int,
    width: int,
) -> None:
    left = MARGIN_PX + column * (width // 2 - 20)
    cap, text = (left, left + 118), (left + 138, left + width // 2 - 60)
    if rtl:
        cap, text = (width - cap[1], width - cap[0]), (width - text[1], width - text[0])
    draw.rounded_rectangle((cap[0], y, cap[1], y + 56), 10, fill=_BOX_NOW, outline=DIM, width=2)
    inset, size_px = (16, 24) if len(key) > 1 else (42, 34)
    line = functools.partial(draw_line, draw, middle=y + 28, colour=TEXT, rtl=rtl)
    line(key, left=cap[0] + inset, right=cap[1] - inset, size_px=size_px, bold=True)
    line(meaning, left=text[0], right=text[1], size_px=30)
