"""Badges as PDF: A4 sheets of eight, one letter to print at home, or one card for a label printer.

Typst sets the page: of the engines tried it alone joins and wraps Arabic rightly in under a
millisecond a badge. It gets data, never markup, and only the fonts of this room.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from badges.colour import ink_on
from badges.fonts import FONTS, missing_fonts
from badges.qr import qr_svg
from badges.shapes import outline
from badges.spec import BadgeError, BadgeSpec, Language
from badges.texts import TEXTS, fill, filling, moment_text, reads_right_to_left

PER_SHEET = 8

Progress = Callable[[int, int], None]
Paper = Literal["sheet", "card", "letter"]
Line = dict[str, Any]

_SHEET = Path(__file__).with_name("sheet.typ")
_LONGEST_WORD = 20
# No clock in the file: the same badges are the same bytes, and a resend is seen to be one.
_TIMESTAMP = 0


def badge_sheets_pdf(
    specs: Sequence[BadgeSpec],
    *,
    language: Language | None = None,
    title: str | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return A4 pages of 8 badges (2×4, each 105 × 74.25 mm) with cut marks, in the order given.

    Args:
        language: of the document; the first badge's where None.
        title: of the document; «Badges: » and the event's name where None.
        progress: called with (done, total) for every sheet of badges drawn and after the last
            step, which lays out all pages at once and takes about half of the time. Raising in
            it stops the work.

    Raises:
        BadgeError: no badges were given.
    """
    if not specs:
        raise BadgeError("there is no badge to print: choose at least one participant")
    texts = TEXTS[language or specs[0].language]
    cards = [_card(spec) for spec in _reporting(specs, progress)]
    pdf = _typeset(
        {
            "paper": "sheet",
            "title": title or fill(texts.sheet_title, filling(specs[0])),
            "lang": language or specs[0].language,
            "badges": cards,
        },
        # Sheets go to a printer and a cutter: the tags that screen readers use would be a third of
        # the file. The badge that a participant receives has them.
        tagged=False,
    )
    if progress:
        progress(len(specs), len(specs))
    return pdf


def single_badge_pdf(spec: BadgeSpec, *, paper: Literal["letter", "card"] = "letter") -> bytes:
    """Return one badge: on an A4 page with what to do with it, or as a card of 105 × 74.25 mm."""
    texts = TEXTS[spec.language]
    return _typeset(
        {
            "paper": paper,
            "title": fill(texts.sheet_title_one, filling(spec)),
            "lang": spec.language,
            "badges": [_card(spec)],
            "advice": _advice(spec),
        }
    )


def _reporting(specs: Sequence[BadgeSpec], progress: Progress | None) -> Iterator[BadgeSpec]:
    for done, spec in enumerate(specs):
        if progress and done and done % PER_SHEET == 0:
            progress(done, len(specs))
        yield spec


def _card(spec: BadgeSpec) -> dict[str, Any]:
    return {
        "qr": qr_svg(spec.code),
        "code": spec.grouped_code,
        "number": spec.number,
        "colour": spec.category_colour,
        "on_colour": ink_on(spec.category_colour),
        "shape": outline(spec.category_shape),
        "names": _both(spec, spec.name, spec.name_ar, size=14),
        "delegation": _both(spec, spec.delegation, spec.delegation_ar, size=19),
        # Latin left and Arabic right in any language: the band is one line.
        "category": _scripts(spec.category, spec.category_ar, size=10.5),
        "event": _event_lines(spec),
    }


def _event_lines(spec: BadgeSpec) -> list[Line]:
    when = _line(moment_text(spec.local_start, spec.language), size=6.8)
    return [*_both(spec, spec.event_name, spec.event_name_ar, size=7.2), when]


def _both(spec: BadgeSpec, text: str, text_ar: str | None, *, size: float) -> list[Line]:
    """Return the same words in both scripts, the participant's own language first."""
    lines = _scripts(text, text_ar, size=size)
    return lines[::-1] if spec.language == "ar" else lines


def _scripts(text: str, text_ar: str | None, *, size: float) -> list[Line]:
    texts = [text] if text_ar in (None, "", text) else [text, str(text_ar)]
    return [_line(words, size=size, weight="bold") for words in texts]


def _line(text: str, *, size: float, weight: str = "regular", latin: Language = "fr") -> Line:
    rtl = reads_right_to_left(text)
    lang = "ar" if rtl else latin
    text = text if rtl else _breakable(text)
    return {"text": text, "size": size, "weight": weight, "rtl": rtl, "lang": lang}


def _breakable(text: str) -> str:
    # A word longer than a line may break at these places, rather than shrink out of sight. Arabic
    # letters would lose their joins there, so an Arabic word only shrinks.
    return " ".join(
        "\u200b".join(word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD))
        for word in text.split()
    )


def _advice(spec: BadgeSpec) -> list[Line]:
    texts, words = TEXTS[spec.language], filling(spec)
    latin: Language = "en" if spec.language == "en" else "fr"
    sentences = [
        (f"{texts.when_label}{texts.colon}{words['when']}", 12),
        (f"{texts.where_label}{texts.colon}{words['venue']}", 12),
        (texts.cut, 11),
        (texts.personal, 11),
    ]
    heading = _line(words["event"], size=15, weight="bold", latin=latin)
    return [heading, *(_line(text, size=size, latin=latin) for text, size in sentences)]


@cache
def _fonts() -> typst.Fonts:
    if missing := missing_fonts():
        raise BadgeError(f"{', '.join(missing)} not found in badges/fonts: restore the files")
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def _typeset(data: dict[str, Any], *, tagged: bool = True) -> bytes:
    pdf: bytes = typst.compile(
        str(_SHEET),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=_TIMESTAMP,
        pdf_tags=tagged,
    )
    return pdf
