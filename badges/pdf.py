"""Badges as PDF: A4 sheets with a cover, one letter to print at home, or one badge alone.

Typst sets the page: of the engines tried it alone joins and wraps Arabic rightly in under a
millisecond a badge. It gets data, never markup, and only our fonts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import typst

from badges.cover import Cover
from badges.fonts import layout_fonts
from badges.look import PLAIN, Look, logo_svg
from badges.qr import qr_svg
from badges.spec import BadgeError, BadgeSpec
from badges.texts import fill, filling, moment_text, texts_in
from badges.typesetting.colour import ink_on
from badges.typesetting.lines import Line, in_both_scripts, latin_then_arabic, line_of
from badges.typesetting.shapes import outline
from checkin.words.isolates import without_isolates
from checkin.words.languages import DEFAULT_LANGUAGE, spoken
from checkin.words.lettering import FAMILIES

#: `sheet`: 105 × 74.25 mm, 8 an A4 page · `a6`: 105 × 148.5 mm upright, 4 · `card`: 86 × 54 mm, 10
Design = Literal["sheet", "a6", "card"]
SIZE_MM: dict[Design, tuple[float, float]] = {
    "sheet": (105, 74.25),
    "a6": (105, 148.5),
    "card": (86, 54),
}
#: printers of badges have 300 dots an inch or 600, which this divides
PICTURE_PPI = 300
PER_SHEET: dict[Design, int] = {"sheet": 8, "a6": 4, "card": 10}

Progress = Callable[[int, int], None]

_PAGES = Path(__file__).with_name("layout") / "pages.typ"
# No time in the file: the same badges are the same bytes, and a resend can be recognised.
_TIMESTAMP = 0


def badge_sheets_pdf(
    specs: Sequence[BadgeSpec],
    *,
    design: Design = "sheet",
    look: Look = PLAIN,
    cover: Cover | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return A4 pages of badges with cut marks, in the order given.

    Args:
        cover: begin with this page of counts and instructions for the people who print and hand
            out; see `badges.cover.cover_of`.
        progress: called with (done, total) for every sheet of badges drawn and after the last
            step, which lays out all pages at once and takes about half of the time. Raising in
            it stops the work.

    Raises:
        BadgeError: no badges were given.
    """
    if not specs:
        raise BadgeError("there is no badge to print: choose at least one participant")
    language = specs[0].language
    cards = [card_of(spec) for spec in _reporting(specs, PER_SHEET[design], progress)]
    pdf = _typeset(
        {
            "paper": "sheets",
            "design": design,
            "title": without_isolates(fill(texts_in(language).sheet_title, filling(specs[0]))),
            "lang": language,
            "badges": cards,
            "cover": cover,
            **_looks(look),
        },
        # Sheets go to a printer and a cutter: the tags that screen readers use would be a third of
        # the file. The badge that a participant receives has them.
        tagged=False,
    )
    if progress:
        progress(len(specs), len(specs))
    return pdf


def single_badge_pdf(
    spec: BadgeSpec, *, paper: Literal["letter"] | Design = "letter", look: Look = PLAIN
) -> bytes:
    """Return one badge: on an A4 page with what to do with it, or alone on a page of its size."""
    return _typeset(_single(spec, paper, look))


def single_badge_png(spec: BadgeSpec, *, design: Design, look: Look = PLAIN) -> bytes:
    """Return one badge alone as a picture for a browser's print dialogue, of `PICTURE_PPI`."""
    png: bytes = typst.compile(
        str(_PAGES),
        font_paths=layout_fonts(),
        ignore_system_fonts=True,
        format="png",
        ppi=PICTURE_PPI,
        sys_inputs=_inputs(_single(spec, design, look)),
    )
    return png


def _single(spec: BadgeSpec, paper: Literal["letter"] | Design, look: Look) -> dict[str, Any]:
    return {
        "paper": "letter" if paper == "letter" else "alone",
        "design": "sheet" if paper == "letter" else paper,
        "title": without_isolates(fill(texts_in(spec.language).sheet_title_one, filling(spec))),
        "lang": spec.language,
        "badges": [card_of(spec)],
        "advice": _advice(spec),
        "cover": None,
        **_looks(look),
    }


def layout_data(spec: BadgeSpec, design: Design, look: Look = PLAIN) -> dict[str, str]:
    """Return the layout's inputs for one badge, for which the layout reports its boxes."""
    data = {"paper": "alone", "design": design, "title": "", "lang": spec.language, "cover": None}
    return _inputs(data | {"badges": [card_of(spec)]} | _looks(look) | {"report": True})


def card_of(spec: BadgeSpec) -> dict[str, Any]:
    """Return the layout's data for one badge."""
    return {
        "qr": qr_svg(spec.code),
        "code": spec.grouped_code,
        "number": spec.number,
        "colour": spec.category_colour,
        "on_colour": ink_on(spec.category_colour),
        "shape": outline(spec.category_shape),
        "names": in_both_scripts(spec, spec.name, spec.name_ar),
        "delegation": in_both_scripts(spec, spec.delegation, spec.delegation_ar),
        # Latin left and Arabic right in any language: the band is one line.
        "category": latin_then_arabic(spec.category, spec.category_ar),
        "event": _event_lines(spec),
    }


def _event_lines(spec: BadgeSpec) -> list[Line]:
    when = line_of(moment_text(spec.starts_at, spec.language), weight="regular", scale=0.95)
    return [*in_both_scripts(spec, spec.event_name, spec.event_name_ar), when]


def _reporting(
    specs: Sequence[BadgeSpec], per_sheet: int, progress: Progress | None
) -> Iterator[BadgeSpec]:
    for done, spec in enumerate(specs):
        if progress and done and done % per_sheet == 0:
            progress(done, len(specs))
        yield spec


def _advice(spec: BadgeSpec) -> list[Line]:
    texts, words = texts_in(spec.language), filling(spec)
    latin = DEFAULT_LANGUAGE if spoken(spec.language).is_from_right else spec.language
    sentences = [
        (f"{texts.when_label}{texts.colon}{words['when']}", 12),
        (f"{texts.where_label}{texts.colon}{words['venue']}", 12),
        (texts.cut, 11),
        (texts.personal, 11),
    ]
    return [
        line_of(words["event"], scale=15, latin=latin),
        *(line_of(text, weight="regular", scale=size, latin=latin) for text, size in sentences),
    ]


def _looks(look: Look) -> dict[str, Any]:
    logo = None if look.logo is None else logo_svg(look.logo)
    return {"logo": logo, "colour": look.colour, "report": False}


def _inputs(data: dict[str, Any]) -> dict[str, str]:
    return {"data": json.dumps({**data, "fonts": FAMILIES}, ensure_ascii=False)}


def _typeset(data: dict[str, Any], *, tagged: bool = True) -> bytes:
    pdf: bytes = typst.compile(
        str(_PAGES),
        font_paths=layout_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=_inputs(data),
        timestamp=_TIMESTAMP,
        pdf_tags=tagged,
    )
    return pdf
