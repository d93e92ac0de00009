"""Where a name must not break: after a particle, which belongs to the word that follows it."""

from __future__ import annotations

_LATIN = {"abd", "ait", "al", "aït", "bel", "ben", "bent", "el", "lalla", "moulay", "ould", "sidi"}
_ARABIC = {"عبد", "أيت", "آيت", "بن", "بنت", "ابن", "أبو", "ولد", "لالة", "مولاي", "سيدي", "وسيدي"}
_NO_BREAK = "\N{NO-BREAK SPACE}"
# Longer ones may break: they would shrink a whole line rather than wrap.
_LONGEST = 16


def words_of(text: str) -> list[str]:
    """Return the words of a text; a particle and the word after it are one, with a hard space."""
    words: list[str] = []
    for word in text.split():
        if words and _belongs(words[-1], word):
            words[-1] += _NO_BREAK + word
        else:
            words.append(word)
    return words


def _belongs(before: str, word: str) -> bool:
    letters = _without_marks(before)
    is_particle = letters.rpartition(_NO_BREAK)[2].casefold() in _LATIN | _ARABIC
    return is_particle and len(letters) + len(_without_marks(word)) < _LONGEST


def _without_marks(word: str) -> str:
    return "".join(letter for letter in word if not "\u064b" <= letter <= "\u0652")
