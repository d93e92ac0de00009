"""Lines of text for the layout: their direction, and how wide they are drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from PIL import ImageFont

from badges.spec import BadgeSpec
from badges.texts import reads_right_to_left
from badges.typesetting.joining import joined
from badges.typesetting.line_breaks import words_of
from checkin.words.languages import DEFAULT_LANGUAGE
from checkin.words.lettering import BOLD, FONTS, REGULAR, has_letter, printed

Line = dict[str, Any]
Weight = Literal["regular", "bold"]

_LONGEST_WORD = 20
_FILES: dict[Weight, str] = {"regular": REGULAR, "bold": BOLD}
_MEASURED_PX = 1000
# Kerned letters are a little narrower or wider than the same ones apart.
_SAFETY = 1.06


def line_of(
    text: str, *, weight: Weight = "bold", scale: float = 1.0, latin: str = DEFAULT_LANGUAGE
) -> Line:
    """Return one line for the layout.

    Args:
        scale: its size, as a share of the size that the design gives its box.
        latin: the language of words in Latin letters.
    """
    text = printed(text)
    rtl = reads_right_to_left(text)
    return {
        "text": " ".join(words_of(text)) if rtl else _breakable(text),
        **_widths(text, weight),
        "weight": weight,
        "scale": scale,
        "rtl": rtl,
        "lang": "ar" if rtl else latin,
    }


def in_both_scripts(spec: BadgeSpec, text: str, text_ar: str | None) -> list[Line]:
    """Return the same words in both scripts, the participant's own language first."""
    lines = latin_then_arabic(text, text_ar)
    return lines[::-1] if spec.language == "ar" else lines


def latin_then_arabic(text: str, text_ar: str | None) -> list[Line]:
    """Return the same words in both scripts, each once."""
    texts = [text] if text_ar in (None, "", text) else [text, str(text_ar)]
    return [line_of(words) for words in texts]


@lru_cache(maxsize=4096)
def _widths(text: str, weight: Weight) -> dict[str, Any]:
    """Return how wide a line, its words and a space are at most, as multiples of its size.

    `ems` is None where a letter is in the fallback font: then the layout has to measure.
    """
    file = _FILES[weight]
    if not all(letter.isspace() or has_letter(file, letter) for letter in set(text)):
        return {"ems": None}
    return {
        "ems": _ems(text, file),
        "word_ems": [_ems(word, file) for word in words_of(text)],
        "space": _ems(" ", file),
    }


def _ems(text: str, file: str) -> float:
    return round(_SAFETY * sum(_letter_ems(file, letter) for letter in joined(text)), 4)


@lru_cache(maxsize=4096)
def _letter_ems(file: str, letter: str) -> float:
    return _ruler(file).getlength(letter) / _MEASURED_PX


@lru_cache
def _ruler(file: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / file, _MEASURED_PX, layout_engine=ImageFont.Layout.BASIC)


def _breakable(text: str) -> str:
    # A word longer than a line may break at these places instead of becoming unreadably small.
    # Arabic letters would be separated there, so an Arabic word is only set smaller.
    return " ".join(
        "\u200b".join(word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD))
        for word in words_of(text)
    )
