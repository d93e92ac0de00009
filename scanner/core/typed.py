"""Read what a keyboard or a hand scanner typed, whatever keyboard layout the computer uses. Pure.

A hand scanner presses the keys of an American keyboard. A computer set to French or Arabic turns
the same keys into other letters, and nobody at a gate can change that.
"""

from __future__ import annotations

from checkin.protocol.codes import CODE_LENGTH, VERSION, normalise_typed, parse_code

_AZERTY_DIGITS = str.maketrans("&é\"'(-è_çà" + "É" + "È" + "Ç" + "À", "1234567890" + "2790")
# Where both layouts differ; digits need no Shift in America and do in France.
_AZERTY_LETTERS = str.maketrans("AQZWaqzw,?", "QAWZqawzMM")
_ARABIC_KEYS = "ضصثقفغعهخحشسيبلاتنمئءؤرىة"
_SAME_KEYS = "qwertyuiopasdfghjklzxcvnm"
_ARABIC = str.maketrans(_ARABIC_KEYS + "٠١٢٣٤٥٦٧٨٩", _SAME_KEYS + "0123456789")
# One key of the Arabic layout writes two letters; its sign for them is a third.
_LAM_ALEF = ("لا", "ﻻ")


def meant_code(text: str) -> str:
    """Return the code that `text` stands for, or `text` in its normal form when it is none.

    The check characters of the code tell which layout it was. A lost first letter is put back: the
    window may be drawing when a hand scanner begins.
    """
    readings = [normalise_typed(reading) for reading in _readings(text.strip())]
    for reading in readings:
        for code in (reading, VERSION + reading):
            if len(code) == CODE_LENGTH and parse_code(code) is not None:
                return code
    return readings[0]


def meant_key(letter: str) -> str:
    """Return the lower-case Latin letter of the key that typed `letter`."""
    return letter.translate(_ARABIC).lower()


def _readings(text: str) -> list[str]:
    azerty = text.translate(_AZERTY_DIGITS)
    arabic = text
    for sign in _LAM_ALEF:
        arabic = arabic.replace(sign, "b")
    return [text, azerty, azerty.translate(_AZERTY_LETTERS), arabic.translate(_ARABIC)]
