"""Draw a verdict as a card over the full width, readable from two metres. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.words.languages import spoken
from scanner.core.scan import Kind, Verdict
from scanner.window.clock import clock_time
from scanner.window.drawing.shapes import shape
from scanner.window.drawing.text import draw_line, draw_paragraph, is_arabic
from scanner.words import say

WIDTH_PX, HEIGHT_PX = 1280, 420
_ICON_PX = 216
_ICON_COLUMN_PX = 296
_MARGIN_PX = 36

# Background and a darker shade for the shape's column; white on each has a contrast above 5.
COLOURS = {
    Kind.ADMITTED: ("#0F7A3A", "#0A5C2B"),
    Kind.ALREADY: ("#A84B00", "#833A00"),
    Kind.REFUSED: ("#B3161B", "#8A0F14"),
    Kind.PENDING: ("#1A4FC4", "#123A94"),
}
#: of practice badges: yellow and black, at the edges
_STRIPES, _STRIPE_PX = ("#FFD400", "#111827"), 20
_WHITE, _SOFT = "#FFFFFF", "#F3F4F6"


class _Layout(NamedTuple):
    """Sizes and vertical middles of the lines in pixels; `names` by the number of names."""

    names: dict[int, tuple[tuple[int, int], ...]]
    explanation: tuple[int, int]


_LET_IN = _Layout({1: ((92, 180),), 2: ((82, 134), (64, 240))}, (38, 322))
# A refused person asks why: the reason is as large as the name.
_STOPPED = _Layout({1: ((76, 160),), 2: ((66, 128), (54, 212))}, (54, 298))


def card_image(verdict: Verdict, language: str, timezone: str) -> Image.Image:
    """Draw `verdict` for a reader of `language`, times in the event's `timezone`.

    In Arabic the card is mirrored: the shape stands on the right, where reading begins.
    """
    background, shade = COLOURS[verdict.kind]
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), background)
    draw = ImageDraw.Draw(image)
    rtl = spoken(language).is_from_right
    column = WIDTH_PX - _ICON_COLUMN_PX if rtl else 0
    draw.rectangle((column, 0, column + _ICON_COLUMN_PX, HEIGHT_PX), fill=shade)
    icon = shape(verdict.kind, _ICON_PX, _WHITE)
    corner = (column + (_ICON_COLUMN_PX - _ICON_PX) // 2, (HEIGHT_PX - _ICON_PX) // 2)
    image.paste(icon, corner, icon)
    left = _MARGIN_PX if rtl else _ICON_COLUMN_PX + _MARGIN_PX
    right = WIDTH_PX - (_ICON_COLUMN_PX if rtl else 0) - _MARGIN_PX
    line = functools.partial(draw_line, draw, left=left, right=right, rtl=rtl)
    _write(line, verdict, language, timezone)
    if not names_of(verdict, language):
        draw_paragraph(
            draw,
            sentence(verdict, language),
            left=left,
            right=right,
            middle=228,
            size_px=62,
            colour=_WHITE,
            bold=True,
            rtl=rtl,
        )
    _draw_bar(draw, verdict, left=left, right=right, rtl=rtl)
    if verdict.rehearsal:
        _draw_stripes(draw)
    return image


def _write(line: Callable[..., int], verdict: Verdict, language: str, timezone: str) -> None:
    head = 50 + (_STRIPE_PX if verdict.rehearsal else 0)
    line(word(verdict, language), middle=head, size_px=60, bold=True, colour=_WHITE)
    names = names_of(verdict, language)
    if not names:
        return
    layout = _LET_IN if verdict.status == Status.OK else _STOPPED
    for name, (size_px, middle) in zip(names, layout.names[len(names)], strict=False):
        line(name, middle=middle, size_px=size_px, bold=True, colour=_WHITE)
    size_px, middle = layout.explanation
    line(explanation(verdict, language, timezone), middle=middle, size_px=size_px, colour=_SOFT)
    line(belonging(verdict, language), middle=372, size_px=34, colour=_SOFT)


def word(verdict: Verdict, language: str) -> str:
    """Return the one word of the verdict."""
    if verdict.fault:
        return say(language, "fault")
    left = verdict.kind == Kind.ADMITTED and verdict.scan.type == Direction.EXIT
    said = say(language, "left" if left else verdict.kind)
    return f"{say(language, 'rehearsal')} · {said}" if verdict.rehearsal else said


def sentence(verdict: Verdict, language: str) -> str:
    """Return the verdict's sentence in `language`, also if the server answered in another."""
    if verdict.fault:
        key, details = verdict.fault
        return say(language, key, **details)
    if verdict.kind == Kind.PENDING:
        return say(language, "kept")
    if verdict.stop:
        return verdict.stop.get(language) or verdict.message
    if verdict.reason is not None and verdict.reason not in set(Reason):
        return verdict.message  # a newer server's reason: its own words are all there is
    return verdict_message(verdict.status, verdict.reason, language, verdict.scan.type)


def names_of(verdict: Verdict, language: str) -> list[str]:
    """Return the participant's name in the scripts it has, the reader's script first."""
    person = verdict.participant or {}
    return in_both_scripts(person.get("name"), person.get("name_ar"), language)


def in_both_scripts(name: str | None, name_ar: str | None, language: str) -> list[str]:
    """Return a name in the scripts it has, the reader's script first."""
    names = [text for text in (name, name_ar) if text]
    names.sort(key=lambda text: is_arabic(text) != (language == "ar"))
    return list(dict.fromkeys(names))


def explanation(verdict: Verdict, language: str, timezone: str) -> str:
    """Return the reason, or when and where the person came in, or their category."""
    first = verdict.first_admission
    if verdict.kind == Kind.ALREADY and first:
        time = clock_time(first["at"], timezone)
        return say(language, "first_admission", time=time, gate=_gate_name(first.get("gate")))
    if verdict.kind == Kind.ADMITTED:
        return for_reader(verdict.participant or {}, "category", language)
    return sentence(verdict, language)


def for_reader(told: dict[str, Any], field: str, language: str) -> str:
    """Return a text of the server in the reader's script, or in the only one that there is."""
    latin, arabic = str(told.get(field) or ""), str(told.get(f"{field}_ar") or "")
    return (arabic or latin) if language == "ar" else (latin or arabic)


def belonging(verdict: Verdict, language: str) -> str:
    """Return category and delegation; no category where the explanation shows it already."""
    category = for_reader(verdict.participant or {}, "category", language)
    parts = ["" if verdict.kind == Kind.ADMITTED else category, delegation_line(verdict, language)]
    return " · ".join(part for part in parts if part)


def delegation_line(verdict: Verdict, language: str) -> str:
    """Return the delegation with its arrivals and its quota."""
    delegation = verdict.delegation
    if not delegation:
        return ""
    name = for_reader(delegation, "name", language)
    if delegation.get("quota") is None:
        return name
    arrived, quota = delegation.get("arrived", 0), delegation["quota"]
    words = "arrived_over" if arrived > quota else "arrived"
    return f"{name} · " + say(language, words, arrived=arrived, quota=quota)


def _draw_stripes(draw: ImageDraw.ImageDraw) -> None:
    """Frame the card with stripes, which mark a practice badge."""
    for top in (0, HEIGHT_PX - _STRIPE_PX):
        draw.rectangle((0, top, WIDTH_PX, top + _STRIPE_PX), fill=_STRIPES[0])
        for x in range(-_STRIPE_PX, WIDTH_PX, 3 * _STRIPE_PX):
            corners = ((x, top + _STRIPE_PX), (x + _STRIPE_PX, top))
            wide = [(x + 1.5 * _STRIPE_PX, y) for x, y in reversed(corners)]
            draw.polygon([*corners, *wide], fill=_STRIPES[1])


def _gate_name(gate: Any) -> str:
    return str(gate.get("name", "")) if isinstance(gate, dict) else str(gate or "—")


def _draw_bar(
    draw: ImageDraw.ImageDraw, verdict: Verdict, *, left: int, right: int, rtl: bool
) -> None:
    delegation = verdict.delegation or {}
    if not delegation.get("quota"):
        return
    part = min(1.0, (delegation.get("arrived") or 0) / delegation["quota"])
    top, bottom = HEIGHT_PX - 18, HEIGHT_PX - 10
    draw.rounded_rectangle((left, top, right - 1, bottom), 4, fill=COLOURS[verdict.kind][1])
    length = round((right - left) * part)
    filled = (right - length, right) if rtl else (left, left + length)
    if length > 8:
        draw.rounded_rectangle((filled[0], top, filled[1] - 1, bottom), 4, fill=_WHITE)
