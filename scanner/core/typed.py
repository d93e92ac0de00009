"""Read what a keyboard or a hand scanner typed, whatever keyboard layout the computer uses. Pure.

A hand scanner presses the keys of an American keyboard, or of a French one where the shop has set
it so. A computer set to French or Arabic turns the same keys into other letters, with Shift or Caps
Lock into others again, and nobody at a gate can change that. So what counts is which keys were
pressed: their *places*, each named by what an American keyboard has there. Where a system does not
tell them, what was written is translated back.

The scan page does the same (`code-meant.js`), held to `tests/vectors/keys.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from checkin.protocol.codes import ALPHABET, CODE_LENGTH, VERSION, normalise_code, parse_code

# The keys that have another letter on a French keyboard, by their American names.
_FRENCH_KEYS = str.maketrans("QAWZ;M", "AQZWM,")
_FRENCH_DIGITS = str.maketrans("&é\"'(-è_çàÉÈÇÀ", "12345678902790")
# American keys as a French layout writes them; the sign beside L is where a French M is.
_FRENCH_LETTERS = str.maketrans("AQZWaqzw,?;", "QAWZqawzMMM")
# The same keys of an Arabic layout, alone and with Shift.
_ARABIC_PLACES = "qwertyuiopasdfghjklzxcvbnm"
_ARABIC = str.maketrans("ضصثقفغعهخحشسيبلاتنمئءؤرﻻىة" + "٠١٢٣٤٥٦٧٨٩", _ARABIC_PLACES + "0123456789")
_ARABIC_SHIFT = str.maketrans(
    "\u064e\u064b\u064f\u064cﻹإ`÷×؛\u0650\u064d][ﻷأـ،/~\u0652}{ﻵآ'" + "’", _ARABIC_PLACES + "m"
)
_ARABIC_COMMANDS = _ARABIC | str.maketrans("؟", "?")
# One key writes two letters; their one sign, which X11 has, is in the tables above.
_LIGATURES = {"لا": "ﻻ", "لإ": "ﻹ", "لأ": "ﻷ", "لآ": "ﻵ"}


def meant_code(text: str, places: str = "") -> str:
    """Return the code that was typed, or `text` in its normal form when it is none.

    The check characters of the code tell which reading is meant. A lost first letter is put back:
    the window may be drawing when a hand scanner begins.

    Args:
        places: of the keys that wrote `text`, as far as they are known.
    """
    readings = list(_readings(text.strip(), places))
    for reading in readings:
        for code in (reading, VERSION + reading):
            if _is_code(code):
                return code
    return readings[0]


def is_whole_code(text: str, places: str = "") -> bool:
    """Say whether a code was typed to its last letter, so that no more need follow."""
    return any(_is_code(reading) for reading in _readings(text, places))


def meant_key(written: str, place: str = "") -> str:
    """Return the lower-case Latin letter, digit or "?" that a key stands for as a command.

    A layout with Latin letters has them on its keys; on an Arabic one the keys have their
    American places.
    """
    if len(written) == 1 and written.isascii() and (written.isalnum() or written in (" ", "?")):
        return written.lower()
    return (place or written.translate(_ARABIC_COMMANDS)).lower()


def code_letter(written: str, place: str = "") -> str:
    """Return what a key writes where only a code can be meant: letters that no code has give way.

    On a French keyboard é is 2 there, and on an Arabic one ؤ is C.
    """
    is_plain = written == "-" or (normalise_code(written) or "?") in ALPHABET
    return written if is_plain else place or written


def _readings(text: str, places: str) -> Iterator[str]:
    """Return what may be meant, the likeliest first, in the form of the codes."""
    digits = text.translate(_FRENCH_DIGITS)
    arabic = text
    for letters, sign in _LIGATURES.items():
        arabic = arabic.replace(letters, sign)
    readings = (
        text,
        places,
        places.translate(_FRENCH_KEYS),
        digits,
        digits.translate(_FRENCH_LETTERS),
        arabic.translate(_ARABIC),
        arabic.translate(_ARABIC_SHIFT),
    )
    return (normalise_code(reading) for reading in readings)


def _is_code(text: str) -> bool:
    return len(text) == CODE_LENGTH and parse_code(text) is not None
