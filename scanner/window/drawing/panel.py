"""Draw the forms and the help over the whole view. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from checkin.words.languages import spoken
from scanner.window.drawing.card import names_of, word
from scanner.window.drawing.text import draw_line, draw_paragraph
from scanner.window.form import Form, Purpose
from scanner.words import say

_BACK, _BOX, _BOX_NOW, _MARKED = "#111827", "#1F2937", "#374151", "#1A4FC4"
_TEXT, _DIM, _AMBER = "#F9FAFB", "#9CA3AF", "#FBBF24"
_MARGIN_PX = 60
_OPTIONS_SHOWN = 6
_OPTION_PX = 54

HELP = (
    ("help_space", "help_next"),
    ("Z", "help_annul"),
    ("E", "help_turn"),
    ("T", "help_typed"),
    ("F", "help_search"),
    ("W", "help_walk_in"),
    ("O", "help_override"),
    ("C", "help_camera"),
    ("M", "help_mirror"),
    ("S", "help_sound"),
    ("L", "help_language"),
    ("Q", "help_quit"),
)


def form_image(form: Form, language: str, width: int, height: int) -> Image.Image:
    """Draw a form; in Arabic labels stand on the right and lists begin there."""
    image = Image.new("RGB", (width, height), _BACK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": _MARGIN_PX, "right": width - _MARGIN_PX, "rtl": rtl}
    line: Callable[..., int] = functools.partial(draw_line, draw, **span)
    line(say(language, form.purpose), middle=52, size_px=46, bold=True, colour=_TEXT)
    top = _draw_subject(line, form, language)
    for number in range(len(form.fields)):
        _draw_field(draw, form, number, language, top=top, width=width)
        top += 84
    if form.notice:
        sentence = say(language, form.notice[0], **dict(form.notice[1]))
        paragraph: dict[str, Any] = {**span, "size_px": 30, "most_lines": 2, "colour": _AMBER}
        draw_paragraph(draw, sentence, middle=top + 34, **paragraph)
        top += 80
    _draw_options(draw, form, top=top, width=width, height=height, rtl=rtl)
    line(say(language, "form_keys"), middle=height - 28, size_px=24, colour=_DIM)
    return image


def _draw_subject(line: Callable[..., int], form: Form, language: str) -> int:
    if form.purpose != Purpose.OVERRIDE or form.subject is None:
        return 100
    verdict = form.subject.refused
    who = " · ".join([word(verdict, language), *names_of(verdict, language)])
    line(who, middle=116, size_px=34, colour=_TEXT)
    return 156


def _draw_field(
    draw: ImageDraw.ImageDraw, form: Form, number: int, language: str, *, top: int, width: int
) -> None:
    field, text = form.fields[number], form.texts[number]
    rtl, now = spoken(language).is_from_right, number == form.at
    label = (width - 400, width - _MARGIN_PX) if rtl else (_MARGIN_PX, 400)
    box = (_MARGIN_PX, width - 420) if rtl else (420, width - _MARGIN_PX)
    line = functools.partial(draw_line, draw, middle=top + 34, rtl=rtl)
    line(say(language, field.label), left=label[0], right=label[1], size_px=32, colour=_DIM)
    edge = _TEXT if now else _BOX
    area = (box[0], top, box[1], top + 68)
    draw.rounded_rectangle(area, 10, fill=_BOX_NOW if now else _BOX, outline=edge, width=3)
    shown = "•" * len(text) if field.secret else text
    caret = "|" if now and not form.is_waiting else ""
    line(shown + caret, left=box[0] + 20, right=box[1] - 20, size_px=36, colour=_TEXT, bold=True)


def _draw_options(
    draw: ImageDraw.ImageDraw, form: Form, *, top: int, width: int, height: int, rtl: bool
) -> None:
    shown = form.shown_options
    room = min(_OPTIONS_SHOWN, (height - 56 - top) // _OPTION_PX)
    marked = min(form.chosen, len(shown) - 1)
    first = max(0, min(marked - room // 2, len(shown) - room))
    for place, option in enumerate(shown[first : first + room]):
        y = top + place * _OPTION_PX
        if first + place == marked:
            area = (_MARGIN_PX - 14, y, width - _MARGIN_PX + 14, y + _OPTION_PX - 4)
            draw.rounded_rectangle(area, 8, fill=_MARKED)
        middle = width * 11 // 20
        sides = ((_MARGIN_PX, middle - 20), (middle, width - _MARGIN_PX))
        spans = [(width - right, width - left) for left, right in sides] if rtl else sides
        line = functools.partial(draw_line, draw, middle=y + 25, rtl=rtl, colour=_TEXT)
        whole = spans[0] if option.detail else (_MARGIN_PX, width - _MARGIN_PX)
        line(option.label, left=whole[0], right=whole[1], size_px=32, bold=True)
        if option.detail:
            line(option.detail, left=spans[1][0], right=spans[1][1], size_px=28)


def help_image(language: str, width: int, height: int) -> Image.Image:
    """Draw what each key does."""
    image = Image.new("RGB", (width, height), _BACK)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    span: dict[str, Any] = {"left": _MARGIN_PX, "right": width - _MARGIN_PX, "rtl": rtl}
    draw_line(
        draw,
        say(language, "help_title"),
        middle=50,
        size_px=46,
        bold=True,
        colour=_TEXT,
        **span,
    )
    rows = (len(HELP) + 1) // 2
    for number, (key, meaning) in enumerate(HELP):
        column, row = divmod(number, rows)
        _draw_key(draw, key, meaning, language, column=column, y=110 + row * 78, width=width)
    draw_line(
        draw, say(language, "help_wedge"), middle=height - 52, size_px=30, colour=_AMBER, **span
    )
    return image


def _draw_key(
    draw: ImageDraw.ImageDraw,
    key: str,
    meaning: str,
    language: str,
    *,
    column: int,
    y: int,
    width: int,
) -> None:
    rtl = spoken(language).is_from_right
    left = _MARGIN_PX + column * (width // 2 - 20)
    cap, text = (left, left + 118), (left + 138, left + width // 2 - 60)
    if rtl:
        cap, text = (width - cap[1], width - cap[0]), (width - text[1], width - text[0])
    draw.rounded_rectangle((cap[0], y, cap[1], y + 60), 10, fill=_BOX_NOW, outline=_DIM, width=2)
    name = say(language, key) if key.startswith("help_") else key
    inset, size_px = (16, 24) if len(name) > 1 else (42, 34)
    line = functools.partial(draw_line, draw, middle=y + 30, colour=_TEXT, rtl=rtl)
    line(name, left=cap[0] + inset, right=cap[1] - inset, size_px=size_px, bold=True)
    line(say(language, meaning), left=text[0], right=text[1], size_px=30)
