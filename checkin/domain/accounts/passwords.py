"""What a password must not be. Length counts, and that nobody guesses it; no signs are asked for.

The rules are those of NIST SP 800-63B: long enough, any letters of any script, never a common one
or one that says whose it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from zxcvbn import zxcvbn

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


def weakness_of(password: str, about: Iterable[str] = ()) -> Weakness | None:
    """Say why a password is refused, or None for one that is good.

    Args:
        about: the person's name and e-mail.
    """
    if len(password) < MIN_LENGTH:
        return Weakness.SHORT
    if len(password) > MAX_LENGTH:
        return Weakness.LONG
    own = _words(" ".join(about))
    if _is_mostly(password, own):
        return Weakness.PERSONAL
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=[*own, *_LOCAL])
    return Weakness.COMMON if found["score"] < _LEAST_SCORE else None


def one_form(password: str) -> str:
    """Return a password as it is hashed: the same letters from every keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _words(text: str) -> list[str]:
    plain = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return sorted({word for word in plain.split() if len(word) > 2}, key=len, reverse=True)


def _is_mostly(password: str, words: list[str]) -> bool:
    whole = left = "".join(sign for sign in password.casefold() if not sign.isspace())
    for word in words:
        left = left.replace(word, "")
    return left != whole and len(left) < _LEAST_OWN
