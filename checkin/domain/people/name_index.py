"""An index, in memory, of the people of a list by the words of their names. Pure.

A word is kept under the consonants that all its spellings have in common, so that few words are
compared with what was typed, whatever the rules of spelling (`checkin.domain.common.name_key`).
`checkin/static/js/offline/names/name-index.js` is the same, held to the same vectors.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from checkin.domain.common.name_sounds import readings, words_of
from checkin.domain.people.name_search import NOBODY, SOUNDS_LIKE, NameQuery

_WEAK = str.maketrans("", "", "hwy")
#: consonants with which a word that is not typed to its end is looked for
_ENOUGH = 2
_DOUBLED = re.compile(r"(.)\1+")


class NameIndex:
    """Numbers of people by the words of their names."""

    def __init__(self) -> None:
        self._people: defaultdict[str, list[int]] = defaultdict(list)
        self._words: defaultdict[str, list[str]] = defaultdict(list)

    def put(self, number: int, names: Iterable[str]) -> None:
        """Add somebody by all their names."""
        for word in _words_of_all(names):
            if word not in self._people:
                for key in _keys(word):
                    self._words[key].append(word)
            self._people[word].append(number)

    def drop(self, number: int, names: Iterable[str]) -> None:
        """Take somebody out, who was added by these names."""
        for word in _words_of_all(names):
            self._people[word].remove(number)

    def spelt(self, text: str) -> set[int]:
        """Return who has every word of a text, in any spelling, and perhaps some others."""
        words = words_of(text)
        by_word = [self._spelt(word) | self._spelt_as_two(word) for word in words]
        found = _in_all(by_word)
        for at, (one, other) in enumerate(pairwise(words)):
            as_one = self._alike(f"{one} {other}", _keys_of_both(one, other), SOUNDS_LIKE)
            found |= _in_all([*by_word[:at], as_one, *by_word[at + 2 :]])
        return found

    def sounding(self, text: str) -> set[int]:
        """Return who has words that sound like every word of a text, or begin so."""
        return _in_all([self._sounding(word) for word in words_of(text)])

    def _spelt(self, word: str) -> set[int]:
        return self._alike(word, _keys(word), SOUNDS_LIKE)

    def _sounding(self, word: str) -> set[int]:
        keys = [key for key in _keys(word) if key]
        begun = tuple(key for key in keys if len(key) >= _ENOUGH)
        longer = [key for key in self._words if key.startswith(begun)]
        return self._alike(word, [*keys, *longer], NOBODY)

    def _spelt_as_two(self, word: str) -> set[int]:
        """Return who has two words that are written as one: Fatima Zahra, for Fatimazahra."""
        query, found = NameQuery(word), set[int]()
        for begin, end in _parted(_keys(word)):
            for one in self._words.get(begin, ()):
                having_one = set(self._people[one])
                for other in self._words.get(end, ()):
                    both = having_one.intersection(self._people[other])
                    if both and query.distance([f"{one} {other}"]) < SOUNDS_LIKE:
                        found |= both
        return found

    def _alike(self, text: str, keys: Iterable[str], farther: int) -> set[int]:
        """Return who has a word under one of these keys that is nearer to a text than `farther`."""
        query = NameQuery(text)
        words = {word for key in keys for word in self._words.get(key, ())}
        near = [word for word in words if query.distance([word]) < farther]
        return {number for word in near for number in self._people[word]}


def _words_of_all(names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(word for name in names for word in words_of(name))


def _keys(word: str) -> list[str]:
    """Return the consonants of each reading of a word, but for those that spellings leave out."""
    plain = (_DOUBLED.sub(r"\1", one.consonants.translate(_WEAK)) for one in readings(word))
    return list(dict.fromkeys(plain))


def _keys_of_both(one: str, other: str) -> list[str]:
    return [_DOUBLED.sub(r"\1", begin + end) for begin in _keys(one) for end in _keys(other)]


def _parted(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return the keys of two words that have one of these as the key of both written as one."""
    for key in keys:
        for at in range(1, len(key)):
            yield key[:at], key[at:]
            yield key[:at], key[at - 1 :]


def _in_all(sets: Sequence[set[int]]) -> set[int]:
    return set.intersection(*sets) if sets else set()
