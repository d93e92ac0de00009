"""One name, many spellings: by what terms a name is found, and how far apart two names are.

Mohammed Ben Ali, MOHAMED BEN-ALI, Benali Mohamed and محمد بنعلي are one name; El Amrani and El
Omrani, Said and Saida are not. `name_sounds` reads words, `name_tables` names the sources.

Arabic writes no short vowels: العمراني is El Amrani or El Omrani, which are two names in Latin
letters. So being one name is not transitive, and no single key can say it. A name has terms for an
index, by which all that may be the same are found; then `distance` compares.

That names are alike proves nothing about people: somebody is asked, and decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise, permutations, product

from checkin.domain.common.name_sounds import (
    Reading,
    is_arabic_word,
    readings,
    without_article,
    words_of,
)
from checkin.domain.common.name_vowels import APART, between, first, last

#: two words that are further apart are two words, and two names that are further apart two names
MOST_IN_WORD, MOST_IN_NAME = 2, 4
#: a name of more words is compared in their order
_MOST_IN_ANY_ORDER = 6
_WEAK = str.maketrans("", "", "hwy")
#: consonants in whose place another reading has another, or none, as for the l of the article
_KIND = str.maketrans("zscg", "dttr", "hwyl")
_MOST_WHOLES = 16
#: in a word of no more consonants every one counts
_FEW = 3


def is_one_name(one: str, other: str) -> bool:
    """Say whether two names, in either script, may be spellings of one, in any order of words."""
    return distance(one, other) < APART


def distance(one: str, other: str) -> int:
    """Return how far apart two names are: 0 for the same sounds, `APART` for two names."""
    words, others = words_of(one), words_of(other)
    ways = [(some, others) for some in ways_to_write(words)] + [
        (words, some) for some in ways_to_write(others)
    ]
    found = (_paired(some, that) for some, that in ways if len(some) == len(that))
    return min(found, default=APART)


def name_terms(*names: str | None) -> str:
    """Return a person's terms for the index, of small Latin letters, separated by spaces.

    Two names that are one share a term of each word. What this returns for a name changes only
    together with a migration that empties the column, so that it is filled anew.
    """
    terms: dict[str, None] = {}
    for words in (words_of(name) for name in names if name):
        for word in words:
            terms |= dict.fromkeys((*word_terms(word), *near_terms(word)))
        for one, other in pairwise(words):
            terms |= dict.fromkeys(_terms_of_both(one, other))
        terms |= dict.fromkeys(whole_terms(words))
    return " ".join(terms)


def whole_terms(words: Sequence[str]) -> list[str]:
    """Return the terms that a name shares, as a whole, with each name that may be the same.

    They are its consonants without order, as far as no spelling adds or leaves out any: whatever
    the order of words, and however they are written together.
    """
    if not words:
        return []
    wholes = ("".join(one) for one in islice(product(*map(_kinds, words)), _MOST_WHOLES))
    return list(dict.fromkeys("v" + "".join(sorted(whole)) for whole in wholes))


def whole_terms_in(terms: str) -> tuple[str, ...]:
    """Return those of `name_terms` that `whole_terms` made."""
    return tuple(term for term in terms.split() if term.startswith("v"))


@lru_cache(maxsize=20_000)
def word_terms(word: str) -> tuple[str, ...]:
    """Return the terms that a word of a name shares with its other spellings."""
    heard = dict.fromkeys(form for one in readings(word) for form in (one, one.without_h()))
    return tuple(dict.fromkeys(term for form in heard for term in _terms(form)))


@lru_cache(maxsize=20_000)
def near_terms(word: str) -> tuple[str, ...]:
    """Return the terms that a word shares with all that sounds like it: its consonants alone."""
    plain = (one.consonants.translate(_WEAK) for one in readings(word))
    return tuple(dict.fromkeys("q" + consonants for consonants in plain if consonants))


@lru_cache(maxsize=20_000)
def _kinds(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.consonants.translate(_KIND) for one in readings(word)))


def _terms_of_both(one: str, other: str) -> Iterator[str]:
    """Return the terms of two neighbours as whoever writes them together: Fatimazahra."""
    if is_arabic_word(one) != is_arabic_word(other):
        return
    ends = dict.fromkeys(form for word in _written_after(other) for form in _first_forms(word))
    for before in _first_forms(one):
        for after in ends:
            doubled = before.consonants[-1:] == after.consonants[:1]
            consonants = before.consonants + after.consonants[doubled:]
            for begin in _beginnings(before):
                yield begin + consonants + _ending(after)


@lru_cache(maxsize=20_000)
def _first_forms(word: str) -> tuple[Reading, ...]:
    forms = (form for one in readings(word)[:1] for form in (one, one.without_h()))
    return tuple(dict.fromkeys(forms))


def _terms(reading: Reading) -> Iterator[str]:
    for begin in _beginnings(reading):
        yield begin + reading.consonants + _ending(reading)


def _ending(reading: Reading) -> str:
    """Return the mark of the vowel with which a word ends, "" for none."""
    return reading.vowels[-1].strip("?")[-1:].lower().replace("e", "a")


def _beginnings(reading: Reading) -> list[str]:
    """Return the marks of the vowel with which a word may begin: o, or any other, or none."""
    vowel = reading.vowels[0]
    marks = {"": [""], "U": ["o"], "?": ["a", "o"]}.get(vowel[:1], ["a"])
    is_dropped = vowel[:1] in ("A", "E", "I", "?") and len(vowel) == 1 and _has_cluster(reading)
    return [*marks, ""] if is_dropped else marks


def _has_cluster(reading: Reading) -> bool:
    return len(reading.consonants) > 1 and reading.vowels[1] in ("", "E")


def ways_to_write(words: Sequence[str]) -> list[Sequence[str]]:
    """Return the words, and the same with two neighbours written as one: Fatimazahra."""
    joined = [
        (*words[:at], words[at] + after, *words[at + 2 :])
        for at in range(len(words) - 1)
        if is_arabic_word(words[at]) == is_arabic_word(words[at + 1])
        for after in _written_after(words[at + 1])
    ]
    return [tuple(words), *joined] if words else []


def _written_after(word: str) -> tuple[str, ...]:
    """Return a word as it is written together with the one before: Fatimazahra, Nourelhouda."""
    return tuple(dict.fromkeys((without_article(word), word.replace("-", ""))))


def _paired(some: Sequence[str], others: Sequence[str]) -> int:
    orders = permutations(others) if len(others) <= _MOST_IN_ANY_ORDER else (others,)
    found = min((sum(map(word_distance, some, order)) for order in orders), default=APART)
    return found if found <= MOST_IN_NAME else APART


@lru_cache(maxsize=200_000)
def word_distance(one: str, other: str) -> int:
    """Return how far apart two of `words_of` are, in either script."""
    if one == other:
        return 0
    arabic = is_arabic_word(one), is_arabic_word(other)
    if all(arabic):
        is_same = {form.letters for form in readings(one)} & {
            form.letters for form in readings(other)
        }
        return 0 if is_same else APART
    if arabic[0]:
        one, other = other, one
    found = min(
        (
            _heard(some, that, arabic=any(arabic))
            for some in readings(one)
            for that in readings(other)
        ),
        default=APART,
    )
    return found if found <= MOST_IN_WORD else APART


def _heard(one: Reading, other: Reading, *, arabic: bool) -> int:
    if one.consonants == other.consonants:
        return _vowels(one, other, arabic=arabic)
    plain, that = one.without_h(), other.without_h()
    if plain.consonants != that.consonants or _says_h(one) or _says_h(other):
        return APART
    return 2 + _vowels(plain, that, arabic=arabic)


def _says_h(reading: Reading) -> bool:
    """Say whether a word has an h that no spelling leaves out.

    It begins the word after a particle (Benhani is not Bennani), or is one of few sounds (Souhad is
    not Souad).
    """
    if reading.consonants[reading.stem : reading.stem + 1] == "h" and reading.stem:
        return True
    before_after = zip(reading.vowels, reading.consonants, reading.vowels[1:], strict=False)
    is_between = any(one == "h" and before and after for before, one, after in before_after)
    return is_between and len(reading.consonants) <= _FEW


def _vowels(one: Reading, other: Reading, *, arabic: bool) -> int:
    if not one.consonants:
        return last(one.vowels[0], other.vowels[0].replace("?", ""), arabic=arabic)
    cluster = _has_cluster(one) and _has_cluster(other)
    ends = first(one.vowels[0], other.vowels[0], cluster=cluster, arabic=arabic)
    ends += last(one.vowels[-1], other.vowels[-1].replace("?", ""), arabic=arabic)
    return min(APART, ends + (_within(one, other, arabic=arabic) if ends < APART else 0))


def _within(one: Reading, other: Reading, *, arabic: bool) -> int:
    early, end = {one.first_syllable, other.first_syllable}, len(one.consonants) - 1
    closing = _long_at_the_end(one, other)
    return sum(
        between(
            one.vowels[at],
            other.vowels[at],
            early=at in early,
            closing=closing if at == end else "",
            arabic=arabic,
        )
        for at in range(1, len(one.consonants))
    )


def _long_at_the_end(one: Reading, other: Reading) -> str:
    """Return the vowels that Arabic, the `other`, writes before the last consonant.

    In Hamidi and Salima, too: حمدي is Hamdi, and سلمى Salma.
    """
    after_short = "I" if len(one.vowels) > 3 and one.vowels[-3] and not other.vowels[-3] else ""
    return after_short if one.vowels[-1] else "U" + after_short
