"""In which order a column of whole names writes them, and how to turn them around.

Badges and lists write the given name first. "BENJELLOUN Karim" under "Nom et prénom" has the family
name first, which nobody can know for sure: it is proposed, and asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import takewhile

from checkin.domain.common.names import fold_name


def _folded(*lists: str) -> frozenset[str]:
    return frozenset(fold_name(text) for texts in lists for text in texts.split("|"))


_FAMILY_FIRST = _folded(
    "nom et prénom|nom prénom|noms et prénoms|nom & prénom|nom, prénom|nom/prénom",
    "last name first name|surname and name",
    "الاسم العائلي والشخصي|النسب والاسم|الاسم العائلي والاسم الشخصي",
)
_GIVEN_FIRST = _folded(
    "prénom et nom|prénom nom|prénoms et noms|prénom & nom|first name last name",
    "الاسم الشخصي والعائلي|الاسم والنسب|الاسم و النسب|الاسم الشخصي والاسم العائلي",
)
#: words that stand before a family name and belong to it
_PARTICLES = _folded(
    "el|al|ben|bin|ibn|bent|ait|ould|oulad|aboul|abou|abu|bou|de|da|di|du|le|la",
    "آيت|ايت|بن|ابن|بنت|أبو|ابو|بو|ولد|أولاد|ال",
)
#: of the names that tell an order, so many have to tell the same one
_SHARE = 0.8
_WORD = re.compile(r"\S+")
_LOOKED_AT = 500


class NameOrder(StrEnum):
    """How a column of whole names writes them."""

    AS_WRITTEN = "as_written"
    FAMILY_FIRST = "family_first"


def likely_order(heading: str, names: Iterable[str]) -> NameOrder | None:
    """Return the order that the heading and the names suggest; None where nothing suggests one.

    Capital letters decide where names have them; else the heading does.
    """
    leading = trailing = 0
    for _count, name in zip(range(_LOOKED_AT), names, strict=False):
        words = _WORD.findall(name)
        capitals = [_is_capital(word) for word in words]
        if len(words) < 2 or all(capitals) or not any(capitals):
            continue
        leading += capitals[0]
        trailing += capitals[-1]
    if told := leading + trailing:
        if leading >= told * _SHARE:
            return NameOrder.FAMILY_FIRST
        return NameOrder.AS_WRITTEN if trailing >= told * _SHARE else None
    folded = fold_name(heading)
    if folded in _FAMILY_FIRST:
        return NameOrder.FAMILY_FIRST
    return NameOrder.AS_WRITTEN if folded in _GIVEN_FIRST else None


def given_name_first(name: str) -> str:
    """Return a name that has the family name first with the given name first.

    The family name is what is in capitals, or else the first word with the particles before it.
    """
    comma, _, rest = name.partition(",")
    if rest.strip():
        return f"{rest.strip()} {comma.strip()}"
    words = _WORD.findall(name)
    size = _family_words(words)
    if not 0 < size < len(words):
        return name
    return " ".join((*words[size:], *words[:size]))


def _family_words(words: list[str]) -> int:
    capitals = [_is_capital(word) for word in words]
    if any(capitals) and not all(capitals):
        if not capitals[0]:
            return 0  # the capitals stand behind: it is in order already
        return capitals.index(False)
    particles = takewhile(lambda word: fold_name(word) in _PARTICLES, words)
    return len(list(particles)) + 1


def _is_capital(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)
