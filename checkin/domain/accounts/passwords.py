"""Decide whether a password is too weak, and whether a PIN is well-formed and hard to guess.

The rules for passwords are those of NIST SP 800-63B: long enough, any characters of any script,
neither common nor published nor derived from the person's name, and no required kinds of
characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise

from zxcvbn import zxcvbn

from checkin.domain.accounts.leaked import is_leaked

MIN_LENGTH = 12
#: longer ones would only make us hash more
MAX_LENGTH = 200
#: a password that passes by its first letters passes; the time to look grows with the square
_LOOKED_AT = 64
#: zxcvbn's 3 of 4: more than 10^8 guesses
_LEAST_SCORE = 3
#: so much has to be left once names and addresses are taken out
_LEAST_OWN = 8
#: what people here write first, and English lists do not know
_LOCAL = ("marhaba", "bienvenue", "motdepasse", "administrateur", "maroc", "rabat", "مرحبا")


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    #: it is mostly the person's name or e-mail
    PERSONAL = "personal"
    COMMON = "common"
    #: it was published after a break-in
    LEAKED = "leaked"
    #: it is the first password, which others may have seen
    GIVEN = "given"


def weakness_of(password: str, about: Iterable[str] = ()) -> Weakness | None:
    """Return why a password is refused, or None if it is accepted.

    Args:
        about: the person's name and e-mail address.
    """
    if len(password) < MIN_LENGTH:
        return Weakness.SHORT
    if len(password) > MAX_LENGTH:
        return Weakness.LONG
    own = _words(" ".join(about))
    if _is_mostly(password, own):
        return Weakness.PERSONAL
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=[*own, *_LOCAL])
    if found["score"] < _LEAST_SCORE:
        return Weakness.COMMON
    return Weakness.LEAKED if is_leaked(password) else None


def one_form(password: str) -> str:
    """Return a password in the normal form that is hashed (NFKC), the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def _words(text: str) -> list[str]:
    plain = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return sorted({word for word in plain.split() if len(word) > 2}, key=len, reverse=True)


def _is_mostly(password: str, words: list[str]) -> bool:
    whole = left = "".join(sign for sign in password.casefold() if not sign.isspace())
    for word in words:
        left = left.replace(word, "")
    return left != whole and len(left) < _LEAST_OWN


LENGTHS = range(4, 9)
#: down the middle of a keypad and up again, and its corners
_KEYPAD = ("2580", "0852", "1379", "1397", "7913", "3179")


def is_pin(text: str) -> bool:
    """Say whether a text has the form of a PIN: 4 to 8 digits."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit()


def is_guessable(pin: str) -> bool:
    """Say whether a PIN is among the first that attackers try.

    These are equal steps (1111, 1234, 9876, 2468), a repeated part (1212, 123123), years, and
    straight lines on a keypad, which lead the lists of leaked PINs.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 or _repeats(pin) or pin in _KEYPAD or _is_year(pin)


def _repeats(pin: str) -> bool:
    parts = (pin[:length] for length in range(2, len(pin)))
    return any(part * (len(pin) // len(part)) == pin for part in parts)


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and pin.startswith(("19", "20"))
