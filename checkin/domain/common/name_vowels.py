"""How far apart the vowels of two spellings of a word are: the other half of comparing words.

Latin spellings write every vowel, in their own ways; Arabic writes the long ones, and any at the
end of a word. Distances are counted from 0 (the same); `APART` is for what one name never is.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

APART = 100
#: vowels that one name is written with: Hassan, Hassen; Khalid, Khaled
_PAIRS = {frozenset("AE"): 0, frozenset("EI"): 1}


@lru_cache(maxsize=20_000)
def first(one: str, other: str, *, cluster: bool, arabic: bool) -> int:
    """Compare what two words begin with, before their first consonants.

    Args:
        cluster: two consonants follow: Driss is Idriss, Hmed is Ahmed, Embarek is Mbarek.
        arabic: `other` is of an Arabic spelling, in which "?" stands for any short vowel.
    """
    is_any, written = ("?" in other, other.replace("?", "")) if arabic else (False, other)
    if one == other or (one and one == written):
        return 0
    if not one or not other:
        return 1 if cluster and (one or written or "A") in ("A", "E", "I") else APART
    if is_any and not written:
        return len(one) - 1
    return _unwritten(one, written) if arabic else _by_pairs(one, other)


@lru_cache(maxsize=20_000)
def between(one: str, other: str, *, early: bool, closing: str, arabic: bool) -> int:
    """Compare the vowels between two consonants.

    Args:
        early: in the first syllable, where people drop short vowels: Lahcen, Slimane, Abdelkrim.
        closing: the vowels that are long here, before the last sound: ou of Mahmoud; i too where
            a short one goes before, as in Karim or Houcine: كرم is Karam, and حسن Hassan.
        arabic: `other` is of an Arabic spelling.
    """
    if one == other:
        return 0
    if arabic:
        if not one:
            return _dropped(other) if early or other == "?" else APART
        return APART if one and one in closing and not other else _unwritten(one, other)
    if not one or not other:
        dropped = one or other
        return 0 if dropped == "E" else 1 if early and len(dropped) == 1 else APART
    if (one, other) in _ALIKE or (other, one) in _ALIKE:
        return 1
    if early and {one, other} == {"E", "U"}:
        return 2  # Nezha, Nouzha
    return _spelt(one, other)


@lru_cache(maxsize=20_000)
def last(one: str, other: str, *, arabic: bool) -> int:
    """Compare what two words end with, which every spelling writes: Said is not Saida."""
    if one == other:
        return 0
    if not one or not other or _pair(one[-1], other[-1]) == APART:
        return APART
    if not arabic and 1 in (len(one), len(other)):
        return _by_pairs(one, other)  # Raji is not Rajai
    found = _unwritten(one, other) if arabic else _spelt(one, other)
    return found if found <= 1 else APART


#: French ai is said as e; the a of a word that is written together with *Ezzahra* is said once
_ALIKE = {("AI", "E"), ("AE", "A")}


def _pair(one: str, other: str) -> int:
    return 0 if one == other else _PAIRS.get(frozenset((one, other)), APART)


def _by_pairs(one: str, other: str) -> int:
    return sum(map(_pair, one, other)) if len(one) == len(other) else APART


def _spelt(one: str, other: str) -> int:
    """Compare two Latin spellings; beside i or u another vowel may be left out (Zineb, Zainab)."""
    if len(one) == len(other):
        return min(_by_pairs(one, other), APART)
    if len(one) > len(other):
        one, other = other, one
    ways = (
        1 + _spelt(one, other[:at] + other[at + 1 :])
        for at, vowel in enumerate(other)
        if vowel in "AE" and (set("IU") & set(other[max(at - 1, 0) : at + 2]))
    )
    return min(ways, default=APART)


def _unwritten(latin: str, arabic: str) -> int:
    """Compare with what an Arabic spelling writes: its long vowels, in their order."""
    written = arabic.replace("?", "")
    places = range(len(latin))
    short = [_short(latin, at, beside="?" in arabic) for at in places]
    ways = (
        sum(_pair(latin[at], vowel) for at, vowel in zip(kept, written, strict=True))
        + sum(short[at] for at in places if at not in kept)
        for kept in combinations(places, len(written))
    )
    return min(min(ways, default=APART), APART)


def _short(latin: str, at: int, *, beside: bool) -> int:
    """Return what it costs that Arabic does not write a vowel: i and u may be long.

    They are short where they stand alone, or before ع (`beside`).
    """
    if latin[at] in "AE":
        return 0
    if len(latin) == 1:
        return 0 if beside else 1
    return 0 if beside and at == 0 else 3


def _dropped(arabic: str) -> int:
    """Return what it costs that a Latin spelling leaves out long vowels: Brahim, Slimane."""
    return sum({"A": 1, "I": 2, "U": 2}.get(vowel, 0) for vowel in arabic)
