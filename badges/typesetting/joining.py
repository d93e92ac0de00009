"""The joined form of each Arabic letter in a word, to calculate how wide the word is drawn.

Unicode keeps the joined forms as characters of their own. The layout never draws these: it only
needs their widths, because a joined word is a quarter narrower than its separate letters.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_FORM_BLOCKS = (range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))
# by whether a letter joins the one before it, and the one after it
_FORM_NAMES = {
    (False, False): "isolated",
    (False, True): "initial",
    (True, False): "final",
    (True, True): "medial",
}


def joined(text: str) -> str:
    """Return the letters of a text in the forms in which they are drawn, without vowel marks."""
    letters = [letter for letter in text if not _is_mark(letter)]
    around = zip(["", *letters], letters, [*letters[1:], ""], strict=False)
    return "".join(_form(*three) for three in around)


def _form(before: str, letter: str, after: str) -> str:
    joins = (_joins_on(before) and _joins_back(letter), _joins_on(letter) and _joins_back(after))
    return _forms().get(letter, {}).get(_FORM_NAMES[joins], letter)


def _joins_on(letter: str) -> bool:
    return "initial" in _forms().get(letter, {})


def _joins_back(letter: str) -> bool:
    return "final" in _forms().get(letter, {})


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) == "Mn" and unicodedata.name(letter, "").startswith(
        "ARABIC"
    )


@cache
def _forms() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for number in (number for block in _FORM_BLOCKS for number in block):
        form, *letters = unicodedata.decomposition(chr(number)).split() or [""]
        if len(letters) == 1 and form.strip("<>") in _FORM_NAMES.values():
            found.setdefault(chr(int(letters[0], 16)), {})[form.strip("<>")] = chr(number)
    return found
