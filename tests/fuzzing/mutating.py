"""Make inputs that nobody would send by changing those that somebody would."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

#: what readers of numbers, texts and files have stumbled over
WORDS = tuple(
    b'0|-1|1e999|NaN|99999999999999999999|null|true|{}|[]|""|\'|"\\ud800"|\\u0000|%s|<|>|&|;|,|=|'
    b"\xff|\xc3|\xef\xbb\xbf|\xe2\x80\xae|\xd9\xa3|\x00|\r\n|\n\n|..|/|(|)|#|:".split(b"|")
)
_TOKEN = re.compile(rb'"[^"\n]{0,200}"|[\w.+-]+|[^\w\s]')
_MOST_BYTES = 100_000


class Edit(NamedTuple):
    """One change.

    Attributes:
        kind: the number of a row of `KINDS`, modulo their count.
        at: where, from 0 (the beginning) up to 1.
        number: what else the change needs to know.
    """

    kind: int
    at: float
    number: int


def mutated(seed: bytes, edits: Sequence[Edit], words: Sequence[bytes] = WORDS) -> bytes:
    """Return the seed after these changes, one after the other."""
    data = seed
    for edit in edits:
        place = int(edit.at * len(data))
        data = KINDS[edit.kind % len(KINDS)](data, place, edit.number, words)[:_MOST_BYTES]
    return data


def random_edits(random: Random) -> list[Edit]:
    """Return mostly one or two changes, and now and then many."""
    count = 1 + min(int(random.expovariate(0.7)), 30)
    return [
        Edit(random.randrange(len(KINDS)), random.random(), random.getrandbits(16))
        for _ in range(count)
    ]


def _flip(data: bytes, at: int, number: int, _words: Sequence[bytes]) -> bytes:
    return (
        data[:at] + bytes(byte ^ (1 << number % 8) for byte in data[at : at + 1]) + data[at + 1 :]
    )


def _cut(data: bytes, at: int, number: int, _words: Sequence[bytes]) -> bytes:
    return data[:at] + data[at + 1 + number % 40 :]


def _end(data: bytes, at: int, _number: int, _words: Sequence[bytes]) -> bytes:
    return data[:at]


def _repeat(data: bytes, at: int, number: int, _words: Sequence[bytes]) -> bytes:
    return data[:at] + data[at : at + 1 + number % 30] * (2 + number % 200) + data[at:]


def _insert(data: bytes, at: int, number: int, words: Sequence[bytes]) -> bytes:
    return data[:at] + words[number % len(words)] + data[at:]


def _replace_token(data: bytes, at: int, number: int, words: Sequence[bytes]) -> bytes:
    found = _TOKEN.search(data, at)
    if found is None:
        return data
    return data[: found.start()] + words[number % len(words)] + data[found.end() :]


def _copy_token(data: bytes, at: int, number: int, _words: Sequence[bytes]) -> bytes:
    found, other = _TOKEN.search(data, at), _TOKEN.search(data, number % (len(data) + 1))
    if found is None or other is None:
        return data
    return data[: found.start()] + other.group() + data[found.end() :]


#: each is given the data, a place in it, a number and the words
KINDS: tuple[Callable[[bytes, int, int, Sequence[bytes]], bytes], ...] = (
    _flip,
    _cut,
    _end,
    _repeat,
    _insert,
    _replace_token,
    _replace_token,
    _copy_token,
)
