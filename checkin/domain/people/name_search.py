"""What somebody means who types letters of a name, and which people they mean first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from checkin.domain.common.name_key import (
    near_terms,
    ways_to_write,
    whole_terms,
    word_distance,
    word_terms,
)
from checkin.domain.common.name_sounds import words_of
from checkin.domain.common.name_vowels import APART
from checkin.domain.common.names import fold_name

#: terms for each word of a name, any of which will do
Wanted = Sequence[Sequence[str]]
#: how far a word is that is spelt otherwise, one that begins with what was typed, one that holds it
_SPELT, _BEGINS, _HOLDS = 2, 8, 10
#: how much farther each word makes a name that was not typed: whoever types a whole name means it
_LEFT_OVER = 6
#: from here on somebody only sounds like what was typed, or is somebody else
SOUNDS_LIKE, NOBODY = 1_000, 1_000_000
#: consonants with which a word that is not typed to its end is looked for
_ENOUGH = 4
#: so many people are compared with what was typed; of a name that more have, some come first
MOST_COMPARED = 200


class NameQuery:
    """Letters of a name, as somebody has typed them in either script.

    Attributes:
        letters: the words as `fold_name` writes them, of which names may hold a part.
    """

    def __init__(self, text: str) -> None:
        """Read what was typed."""
        self.letters = tuple(fold_name(text).split())
        self._words = words_of(text)

    @cached_property
    def spellings(self) -> list[Wanted]:
        """The terms of `name_terms` by which other spellings are found; of several ways any."""
        ways = ([word_terms(word) for word in way] for way in ways_to_write(self._words))
        return [way for way in ways if all(way)]

    @cached_property
    def whole(self) -> list[Wanted]:
        """The terms by which those are found who may have this name, and no other beside it."""
        terms = whole_terms(self._words)
        return [[terms]] if terms else []

    @cached_property
    def sounds(self) -> list[Wanted]:
        """The terms by which names that sound like this are found, where nothing else is.

        A term that ends in * is the beginning of one.
        """
        words = [
            [term + "*" if len(term) >= _ENOUGH else term for term in near_terms(word)]
            for word in self._words
        ]
        return [words] if words and all(words) else []

    def distance(self, names: Iterable[str | None]) -> int:
        """Return how far a person's names are from what was typed, 0 for the same; see `NOBODY`."""
        found = (self._distance(words_of(name)) for name in names if name)
        return min(found, default=NOBODY)

    def _distance(self, words: Sequence[str]) -> int:
        if not (self._words and words):
            return NOBODY
        ways: list[tuple[Sequence[str], Sequence[str]]]
        ways = [(self._words, way) for way in ways_to_write(words)]
        ways += [(way, words) for way in ways_to_write(self._words)]
        more, nearest = _LEFT_OVER * max(len(words) - len(self._words), 0), NOBODY
        for typed, written in ways:
            # What cannot be nearer is not compared: to read words that nobody wrote costs most.
            if _SPELT * len(set(typed).difference(written)) < nearest:
                nearest = min(nearest, _distance(typed, written))
        return min(nearest + more, NOBODY)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant, by the names of a record of theirs.

    Attributes:
        folded: the names as `fold_name` writes them, in whose order those come who are as near.
    """

    id: int
    folded: str
    names: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """The ids of people whom a name may mean, the likeliest first, and how many more there are."""

    ids: Sequence[int]
    more: int


def likeliest(
    query: NameQuery,
    *,
    spelt: Iterable[Candidate],
    holding: Iterable[Candidate],
    sounding: Callable[[], Iterable[Candidate]],
) -> list[int]:
    """Return the ids of the people whom a name may mean, the likeliest first.

    Args:
        spelt: those who may have the name in another spelling.
        holding: those whose names hold every word that was typed, or a part.
        sounding: returns those whose names may sound like it; they count if there are no others.
    """
    found = {
        **_compared(query, spelt, farthest=SOUNDS_LIKE - 1),
        **_compared(query, holding, farthest=NOBODY),
    } or _compared(query, sounding(), farthest=NOBODY - 1)
    return sorted(found, key=lambda number: (found[number], number))


def _compared(
    query: NameQuery, candidates: Iterable[Candidate], *, farthest: int
) -> dict[int, tuple[int, str]]:
    """Return the distance and the name of each person who is not too far."""
    found: dict[int, tuple[int, str]] = {}
    for one in candidates:
        place = (query.distance(one.names), one.folded)
        if place[0] <= farthest:
            found[one.id] = min(place, found.get(one.id, place))
    return found


def _distance(typed: Sequence[str], written: Sequence[str]) -> int:
    """Return the distance of a name of which the words typed are a part."""
    left, found = list(written), 0
    for word in typed:
        if not left:
            return NOBODY
        distance, nearest = min((_between(word, one), one) for one in left)
        found += distance
        left.remove(nearest)
    return found


def _between(typed: str, written: str) -> int:
    if typed == written:
        return 0
    apart = word_distance(typed, written)
    if apart < APART:
        return _SPELT + apart
    if typed in written:
        return _BEGINS if written.startswith(typed) else _HOLDS
    alike = not set(near_terms(typed)).isdisjoint(near_terms(written))
    return SOUNDS_LIKE if alike or _begins_alike(typed, written) else NOBODY


def _begins_alike(typed: str, written: str) -> bool:
    begun = tuple(term for term in near_terms(typed) if len(term) >= _ENOUGH)
    return any(term.startswith(begun) for term in near_terms(written))
