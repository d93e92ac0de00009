"""How a text is drawn with our own fonts: on paper, in pictures, in the window of a gate.

The one decision for all of them: which font draws a letter, and what stands for a letter that none
has. Whoever draws a text draws `printed(text)`, so no name is ever drawn as boxes or as nothing.
A web page and a wallet are drawn with the fonts of the telephone and take texts as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from anyascii import anyascii
from PIL import ImageFont

FONTS = Path(__file__).with_name("fonts")
REGULAR = "Vazirmatn-Regular.ttf"
BOLD = "Vazirmatn-Bold.ttf"
TIFINAGH = "NotoSansTifinagh_400Regular.ttf"
ETHIOPIC = "NotoSansEthiopic_400Regular.ttf"
DEJAVU = "DejaVuSans.ttf"
#: the fonts for letters that Vazirmatn lacks; the first one that has a letter draws it
FALLBACKS = (TIFINAGH, ETHIOPIC, DEJAVU)
FONT_FILES = (REGULAR, BOLD, *FALLBACKS)
#: the same fonts in the same order, as a layout names them
FAMILIES = ("Vazirmatn", "Noto Sans Tifinagh", "Noto Sans Ethiopic", "DejaVu Sans")

# A character that no font has: it is drawn as the font's box for a missing letter.
_NOBODYS_LETTER = "\U0010fffd"
# Pictures of https://unicode.org/reports/tr51 with what colours, joins and frames them. Signs of
# the older planes, such as ✓, are pictures only where the text asks for it by U+FE0F.
_PICTURE = (
    "(?:[\U0001f000-\U0001faff]|[\u00a9-\u3299]\ufe0f|[#*0-9]\ufe0f?\u20e3|[\U000e0020-\U000e007f])"
)
_PICTURES = re.compile(rf"(?:{_PICTURE}[\ufe0e\ufe0f\u200d]*)+")
_SPACES = re.compile(r"  +")
#: Han and Hangul come as syllables, each with a capital: WangXiaoMing
_SYLLABLES = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=8192)
def printed(text: str) -> str:
    """Return a text as it is drawn: the same, unless no font of ours has one of its letters.

    Those are written in Latin letters ("王小明": Wang Xiao Ming), and emoji are left out. What
    would leave nothing is spelt out, so only an empty text is drawn as nothing.
    """
    if text.isascii():
        return text
    drawn = _in_our_letters(_without_pictures(unicodedata.normalize("NFC", text)))
    return drawn if drawn.strip() or not text.strip() else _spelt(text)


def _without_pictures(text: str) -> str:
    left = _PICTURES.sub(" ", text)
    return text if left == text else _SPACES.sub(" ", left).strip()


def _in_our_letters(text: str) -> str:
    pieces: list[str] = []
    for is_ours, letters in groupby(text, key=_is_ours):
        piece = "".join(letters)
        pieces.append(piece if is_ours else _in_latin(piece, "".join(pieces)[-1:]))
    return "".join(pieces)


def _is_ours(letter: str) -> bool:
    return _is_unseen(letter) or bool(font_with(letter))


def _is_unseen(letter: str) -> bool:
    # What is invisible by its nature, such as the marks of direction, is no letter to be drawn.
    return letter.isspace() or unicodedata.category(letter) == "Cf"


def _in_latin(letters: str, before: str) -> str:
    latin = _SYLLABLES.sub(" ", anyascii(letters))
    if before.isalpha():
        return f" {latin}" if latin[:1].isupper() else latin
    return latin[:1].upper() + latin[1:]


def _spelt(text: str) -> str:
    """Return the names of pictures, or the numbers of letters that nobody knows."""
    named = " ".join(anyascii(text).replace(":", " ").replace("_", " ").split())
    return named or " ".join(f"U+{ord(letter):04X}" for letter in text if not letter.isspace())


def printed_otherwise(text: str) -> str:
    """Return how a text is printed where that is not how it is written; else an empty text."""
    drawn = printed(text)
    return "" if drawn == unicodedata.normalize("NFC", text) else drawn


@cache
def font_with(letter: str) -> str | None:
    """Return the file of the first font that has a letter; None where none of ours has it."""
    return next((file for file in (REGULAR, *FALLBACKS) if has_letter(file, letter)), None)


@cache
def has_letter(file: str, letter: str) -> bool:
    """Say whether the font can draw the letter, and not just a box in its place."""
    return _drawn_by(file, letter) != _drawn_by(file, _NOBODYS_LETTER)


def _drawn_by(file: str, letter: str) -> bytes:
    return bytes(_sample(file).getmask(letter))


@cache
def _sample(file: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / file, 32, layout_engine=ImageFont.Layout.BASIC)


def font_for(text: str, first: str = REGULAR) -> str | None:
    """Return the first font that has all letters of a text, beginning with `first`; None: none.

    A text is not cut for its marks of direction: what they keep together must stay in one piece.
    """
    letters = {letter for letter in text if not _is_unseen(letter)}
    return next(
        (file for file in (first, *FALLBACKS) if all(has_letter(file, one) for one in letters)),
        None,
    )
