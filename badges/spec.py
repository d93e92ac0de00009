"""The content of a badge: one frozen `BadgeSpec`, checked once so that drawing it cannot fail."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from checkin.words.languages import DEFAULT_LANGUAGE, LANGUAGES

Shape = Literal["circle", "square", "triangle", "diamond", "hexagon", "star"]

SHAPES: tuple[Shape, ...] = get_args(Shape)
LONGEST_TEXT = 120

_CODE = re.compile(r"[0-9A-Z]{29}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z./-]{0,19}")
# Overrides and isolates can make a name swallow or reverse the text after it. The plain marks
# (LRM, RLM, ALM) and the joiners are harmless and come with pasted Arabic.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters that no font has are no matter here: `printed` says what is drawn for them.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_REQUIRED = ("name", "delegation", "category", "event_name", "venue")
_OPTIONAL = ("name_ar", "delegation_ar", "category_ar", "event_name_ar", "venue_ar")


class BadgeError(ValueError):
    """A value that no badge can be made of. The text names the field and says what to do."""

    code = "invalid_badge"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeSpec:
    """Everything written on one badge.

    Args:
        code: the text of the QR, 29 digits and capital letters.
        number: the participant's short number, which people read out, such as ``KHE-0412``.
        name: as written in Latin (or any) letters; `name_ar` as written in Arabic.
        category_colour: ``#rrggbb``; `category_shape` says the same to who sees no colours.
        starts_at: aware, by the clocks at the venue: it is written as it stands.
        language: the participant's; it comes first where there is more than one.

    Raises:
        BadgeError: a field is empty, too long (120 characters), or cannot be printed.
    """

    code: str
    number: str
    name: str
    delegation: str
    category: str
    event_name: str
    starts_at: datetime
    venue: str
    language: str = DEFAULT_LANGUAGE
    category_colour: str = "#1b6e4b"
    category_shape: Shape = "circle"
    name_ar: str | None = None
    delegation_ar: str | None = None
    category_ar: str | None = None
    event_name_ar: str | None = None
    venue_ar: str | None = None

    def __post_init__(self) -> None:
        _check_forms(self)
        _check_time(self.starts_at)
        for field in _REQUIRED:
            check_line(field, getattr(self, field))
        for field in _OPTIONAL:
            if getattr(self, field) is not None:
                check_line(field, getattr(self, field))

    @property
    def grouped_code(self) -> str:
        """The code in groups that people can read out and type: 5-6-6-6-6 characters."""
        return "-".join([self.code[:5], *(self.code[at : at + 6] for at in range(5, 29, 6))])


def check_line(field: str, text: str, longest: int = LONGEST_TEXT) -> None:
    """Refuse a text that cannot be printed whole on one badge or in one header.

    Raises:
        BadgeError: empty, longer than `longest` characters, or holding a line break, a control
            character or a direction override.
    """
    if not text.strip():
        raise BadgeError(f"{field} is empty: give it at least one letter")
    if len(text) > longest:
        raise BadgeError(f"{field} has {len(text)} characters: shorten it to {longest} at most")
    for letter in text:
        if unicodedata.category(letter) in _UNPRINTABLE or letter in _BIDI_CONTROLS:
            raise BadgeError(
                f"{field} holds U+{ord(letter):04X}, which cannot be printed: "
                "keep letters, digits, spaces and punctuation, on one line"
            )


def _check_forms(spec: BadgeSpec) -> None:
    if not _CODE.fullmatch(spec.code):
        raise BadgeError("code is not 29 digits and capital letters: issue the badge again")
    if not _NUMBER.fullmatch(spec.number):
        raise BadgeError("number must be 1 to 20 letters, digits, hyphens, dots or slashes")
    if not _COLOUR.fullmatch(spec.category_colour):
        raise BadgeError(f"category_colour {spec.category_colour!r} is not of the form #1b6e4b")
    if spec.category_shape not in SHAPES:
        raise BadgeError(f"category_shape must be one of {', '.join(SHAPES)}")
    if spec.language not in LANGUAGES:
        raise BadgeError(f"language must be one of {', '.join(LANGUAGES)}")


def _check_time(starts_at: datetime) -> None:
    if starts_at.utcoffset() is None:
        raise BadgeError("starts_at has no time zone: give one by the venue's clocks")
