"""Names as people write them, and as Marhaba compares them.

``clean_name`` keeps what was written; ``fold_name`` forgets case, accents and the spellings of
Arabic letters that vary from one clerk to the next, so that two lists of the same people match.
"""

from __future__ import annotations

import re
import unicodedata

from checkin.domain.common.problems import InvalidValue

MAX_NAME_LENGTH = 120

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u061c\u00ad\ufeff\u2060"))
_BIDI_OVERRIDE = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")

# Only what Unicode's decompositions and case folding leave apart.
_SAME_LETTER = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ة": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ک": "ك",
    "گ": "ك",
    "ڭ": "ك",
    "ݣ": "ك",
    "ء": "",
    "ـ": "",
}
# Beyond this code point letters are rare here: not remembering them keeps the table small.
_LAST_REMEMBERED = 0x3000


def _fold_once(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category[0] not in "LNM":
        return " "
    return _SAME_LETTER.get(letter, letter)


def _fold_letter(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter).casefold()
    folded = "".join(map(_fold_once, unicodedata.normalize("NFKD", decomposed)))
    return folded if folded == letter else "".join(map(_fold_letter, folded))


class _FoldTable(dict[int, str]):
    """A table for ``str.translate`` that computes each letter's folding when it first occurs."""

    def __missing__(self, code_point: int) -> str:
        folded = _fold_letter(chr(code_point))
        if code_point <= _LAST_REMEMBERED:
            self[code_point] = folded
        return folded


_FOLD = _FoldTable()


def fold_name(text: str) -> str:
    """Return ``text`` as it is matched and searched: lower case, no accents, single spaces.

    Arabic alef, hamza, ya, ta marbuta and kaf variants become one letter each; tatweel, vowel
    signs and a hamza on its own go; any script's digits become ASCII; punctuation separates
    words. Folding twice changes nothing more.
    """
    return " ".join(text.translate(_FOLD).split())


def folded_both(name: str, name_ar: str | None) -> tuple[str, str]:
    """Return both names folded, for search, and the folded name that identifies a person."""
    folded_name = fold_name(name or name_ar or "")
    return (f"{folded_name} {fold_name(name_ar)}" if name and name_ar else folded_name), folded_name


def folded_apart(folded: str, folded_name: str) -> tuple[str, ...]:
    """Return the one or two folded names that `folded_both` put together."""
    other = folded[len(folded_name) + 1 :]
    return (folded_name, other) if other else (folded_name,)


def is_arabic(text: str) -> bool:
    """Tell whether at least half of the letters of ``text`` are Arabic (False without letters)."""
    arabic = len(_ARABIC_LETTER.findall(text))
    return arabic > 0 and 2 * arabic >= sum(map(str.isalpha, text))


def clean_text(text: str, max_length: int) -> str:
    """Return ``text`` in NFC, trimmed, with single spaces and without invisible marks; may be "".

    Raises:
        InvalidValue: ``control_characters``, ``bidi_override`` (text that would show in another
            order than it is stored) or ``too_long``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
        if _BIDI_OVERRIDE.search(text):
            raise InvalidValue("bidi_override", text)
    if _CONTROL.search(text):
        raise InvalidValue("control_characters", text)
    text = " ".join(text.split())
    if len(text) > max_length:
        raise InvalidValue("too_long", text, str(max_length))
    return text


def clean_title(text: str, max_length: int = MAX_NAME_LENGTH) -> str:
    """Return ``text`` as ``clean_text`` does, when no spreadsheet would run it; may be "".

    Raises:
        InvalidValue: as ``clean_text``, or ``formula`` (it begins with = + - or @).
    """
    title = clean_text(text, max_length)
    if title.startswith(("=", "+", "-", "@")):
        raise InvalidValue("formula", title)
    return title


def clean_name(text: str) -> str:
    """Return a person's name as it will be shown and stored.

    Raises:
        InvalidValue: as ``clean_title`` with 120 characters, or ``missing_name`` (nothing was
            written), ``no_letters`` (only digits or signs).
    """
    name = clean_title(text)
    if not name:
        raise InvalidValue("missing_name", text)
    if not any(map(str.isalpha, name)):
        raise InvalidValue("no_letters", name)
    return name
