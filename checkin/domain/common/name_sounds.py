"""Read the words of a name as sounds: what spellings of one name have in common.

`name_tables` says what letters stand for, and where that is from. A word may be read in several
ways (Elamrani is El Amrani, Alami is not El Ami), and all of them count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from checkin.domain.common.name_tables import (
    ARABIC,
    ARABIC_FIRST,
    ARABIC_LAST,
    ARTICLE,
    ARTICLES,
    CHAT_DIGITS,
    HELD_ARTICLES,
    LATIN,
    OWN_WORD,
    PREFIX_CONSONANTS,
    PREFIXED,
    PREFIXES,
    SAID_AS_L,
    SAME_WORD,
    SUFFIXES,
    SUN_ARTICLE,
    TITLES,
)
from checkin.domain.common.names import fold_name

#: more readings of a word than people write are left out
_MOST_READINGS = 16
_AS_SAID = str.maketrans({**dict.fromkeys("'’‘`´ʼʿʾ′ʻ", ""), "ç": "s", "Ç": "s"})
#: vowel signs, tatweel, accents of their own, and what is not seen
_MARKS = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f]"
)
#: digits that stand for no letter
_NUMBER = re.compile("[0146]")
#: a word of fewer letters is a number of something, and no name that is written with digits
_LETTERS = 3
_WORDS = re.compile(r"[^\W_]+")
_SPELLINGS = [(re.compile(pattern), sounds) for pattern, sounds in LATIN]
_VOWELS = "aeiouy"
_DOUBLED = re.compile(r"(.)\1+")
#: letters before which the article may be said as l
_AFTER_L = "aeiouyhbfghjkmqwبجحخعغفقكمهويأإآا"
#: an Arabic word of more letters that begins with ال begins with an article
_LONG = 4
#: after a consonant or before a vowel, and at the end: Othmane, Brahim, Sarah
_SILENT_H = re.compile("([a-z])h|(.)h(?![a-z])")
#: the alif that says no more than that a vowel begins a word
_FIRST_VOWEL = re.compile("^[اأ](?!ل)")
_STRONG = re.compile("^(?:ou|y)(?=[aeiouy])|[^aeiouyh]")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a word.

    Attributes:
        consonants: a letter for each, as in `name_tables`; doubled ones once.
        vowels: what is before, between and after the consonants, one more than there are of them.
        stem: how many consonants are a particle's that is written together with the word.
        letters: for an Arabic word its letters, as `fold_name` writes them, but doubled ones once;
            else "".
    """

    consonants: str
    vowels: tuple[str, ...]
    stem: int = 0
    letters: str = ""

    @property
    def first_syllable(self) -> int:
        """The place among `vowels` where people drop a short one; -1 where there is none.

        It is that of the word that a particle goes before; none is dropped after another vowel.
        """
        if self.stem:
            return self.stem + 1
        return -1 if self.vowels[0] else 1

    def without_h(self) -> Reading:
        """Return it without the h that spellings leave out: not that of Hassan or of Rahmi."""
        sounds = "".join(
            vowel + consonant
            for vowel, consonant in zip(self.vowels, (*self.consonants, ""), strict=True)
        )
        return _reading(_SILENT_H.sub(r"\1\2", sounds), self.stem, self.letters)


@lru_cache(maxsize=4_000)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, in order, as they make one name each; () for none.

    Particles are joined with their word (Ben Ali is *benali*), articles and titles are left out,
    case and accents too.
    """
    plain = name.translate(_AS_SAID)
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKC", plain))
    written = [word for one in _WORDS.findall(plain) if (word := _plain(one))]
    joined = _joined([SAME_WORD.get(word, word) for one in written for word in _parts(one)])
    names = [word for word in joined[:-1] if word.removeprefix(ARTICLE) not in TITLES]
    named = [*names, *joined[-1:]]
    return tuple(SAME_WORD.get(word, word) for word in named)


def is_arabic_word(word: str) -> bool:
    """Say whether a word is written in Arabic letters."""
    return "\u0600" <= word[:1] <= "\u06ff"


@lru_cache(maxsize=20_000)
def readings(word: str) -> tuple[Reading, ...]:
    """Return the ways to read one of `words_of`, the most usual first."""
    found = (
        _reading(sounds, stem, _letters(form) if is_arabic_word(word) else "")
        for form, stem in _forms(word)
        for sounds in _sounds(form)
    )
    heard = dict.fromkeys(one for one in found if one.consonants or one.vowels[0])
    return tuple(islice(heard, _MOST_READINGS))


def _plain(word: str) -> str:
    if is_arabic_word(word):
        return word.translate(_ARABIC_VARIANTS)
    if word.isascii() and word.isalpha():
        return word.lower()
    if sum(map(str.isalpha, word)) >= _LETTERS and not _NUMBER.search(word):
        word = word.translate(CHAT_DIGITS)
    return fold_name(word).replace(" ", "")


_ARABIC_VARIANTS = str.maketrans("ٱکگڭݣیېہھە", "اككككييههه")


def _letters(form: str) -> str:
    return _DOUBLED.sub(r"\1", fold_name(form).replace(" ", ""))


def _parts(word: str) -> Sequence[str]:
    of_religion = word.removesuffix("الدين")
    return (of_religion, "الدين") if of_religion and of_religion != word else (word,)


def _joined(words: Sequence[str]) -> list[str]:
    """Join particles with their words, and leave out articles that are words of their own."""
    joined: list[str] = []
    before = article = ""
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if following and _is_article(word, following):
            article = "" if before or is_arabic_word(word) else ARTICLE
            continue
        if following and word in PREFIXES:
            before += PREFIXES[word]
        elif joined and not before and word in SUFFIXES:
            joined[-1] += SUFFIXES[word]
        else:
            joined.append(before + _after(before, word) if before else article + word)
            before = article = ""
    return joined


def _after(particle: str, word: str) -> str:
    # Abd and the article are read together, since Allah and al-Ilah begin with one.
    bare = word if particle == "عبد" else without_article(word)
    return _FIRST_VOWEL.sub("ٱ", bare)


def _is_article(word: str, following: str) -> bool:
    said = SUN_ARTICLE.fullmatch(word)
    return word in ARTICLES or (said is not None and following.startswith(said[1]))


def without_article(word: str) -> str:
    """Return a word of a name without the article with which it begins, if it is sure to."""
    word = word.removeprefix(ARTICLE)
    return word[2:] if word.startswith("ال") and len(word) > _LONG else word


def _forms(word: str) -> Iterator[tuple[str, int]]:
    """Return a word as written and without the article that it may hold, with `Reading.stem`."""
    prefixed = PREFIXED.fullmatch(word)
    before = PREFIXES[prefixed[1]] if prefixed else ""
    stem = PREFIX_CONSONANTS.get(before, 0)
    servant = prefixed if before in ("abdel", "عبد") else None
    if servant and (rest := servant[2].removeprefix("ال").lstrip(_VOWELS)):
        yield from ((f"{servant[1]}-{one}", stem) for one in (rest, rest.removeprefix("l")))
        return
    yield word, stem
    if word.startswith(("أو", "او")):
        yield word[1:], 0  # a w where a vowel follows, as in أوعلي, which is Ouali
    if prefixed:
        yield from ((f"{before}-{one}", stem) for one in (prefixed[2], *_stems(prefixed[2])))
    yield from ((one, 0) for one in _stems(word))


def _stems(word: str) -> Iterator[str]:
    """Return what is left of a word without an article, where that is a word."""
    for article in HELD_ARTICLES:
        found = article.match(word)
        if found and (found[0] == ARTICLE or _is_word(word[found.end() :])):
            rest = word[found.end() :]
            yield rest
            if found[0] in SAID_AS_L and rest[0] in _AFTER_L:
                yield SAID_AS_L[found[0]] + rest


def _is_word(rest: str) -> bool:
    least = 3 if is_arabic_word(rest) else 2
    return len(_STRONG.findall(rest)) >= least


def _sounds(form: str) -> Iterator[str]:
    if form in OWN_WORD:
        return iter((OWN_WORD[form],))
    spelt = _arabic(form) if is_arabic_word(form) else _latin(form)
    return map("".join, islice(product(*spelt), _MOST_READINGS))


def _latin(form: str) -> list[tuple[str, ...]]:
    spelt: list[tuple[str, ...]] = []
    at = 0
    while at < len(form):
        length, sounds = _spelling(form, at)
        spelt.append(sounds)
        at += length
    return spelt


def _spelling(form: str, at: int) -> tuple[int, tuple[str, ...]]:
    for pattern, sounds in _SPELLINGS:
        if found := pattern.match(form, at):
            return len(found[0]), sounds
    return 1, (form[at],)


def _arabic(form: str) -> list[tuple[str, ...]]:
    first = ARABIC_FIRST.get(form[0])
    middle = [ARABIC.get(letter, ("",)) for letter in form]
    if first:
        middle[0] = first
    if len(form) > 1:
        middle[-1] = ARABIC_LAST.get(form[-1], middle[-1])
    return middle


def _reading(sounds: str, stem: int, letters: str) -> Reading:
    # A doubled letter is one sound; vowels of one kind that follow one another are one.
    once = _DOUBLED.sub(r"\1", re.sub("[^a-zAEIU?]", "", sounds))
    return Reading(re.sub("[^a-z]", "", once), tuple(re.split("[a-z]", once)), stem, letters)
