"""Read what a gate searches for: a name, a contact, the end of a telephone, a number, or a code.

Pure. What a volunteer types is one text, and its form says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import InvalidValue
from checkin.protocol.codes import normalise_code, parse_code, token_hash

#: so many letters of a name are needed, or digits of a number that is typed without a sign
MIN_LETTERS = 3
#: so many last digits of a telephone find whose it is
PHONE_ENDING = 4
#: so many of them are shown, to tell people of one name apart
SHOWN_ENDING = 2
#: "412", "n° 12", "#12", "رقم 12": the number on a badge, which is shorter than a telephone
_NUMBER = re.compile(r"(?P<sign>#|№|n\s*[°º]|n[or]\.?\s|رقم)?\s*(?P<digits>\d{1,8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is searched for: one of these, or the last two where a number may be either.

    Attributes:
        words: parts of names, folded.
        token_hash: of the badge whose code was typed.
        number: the participant's, as it stands on their badge.
        phone_ending: the last four digits of a telephone.
    """

    words: tuple[str, ...] = ()
    token_hash: bytes | None = None
    email: str | None = None
    phone: str | None = None
    number: int | None = None
    phone_ending: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Say whether too little was typed to search for anything."""
        return self == Sought(words=self.words) and sum(map(len, self.words)) < MIN_LETTERS


def sought(text: str) -> Sought:
    """Return what a text searches for; a text of another form is taken for parts of a name."""
    token = parse_code(normalise_code(text))
    if token is not None:
        return Sought(token_hash=token_hash(token))
    return _number(text) or _contact(text) or Sought(words=tuple(fold_name(text).split()))


def shown_ending(phone: str | None) -> str | None:
    """Return the last two digits of a telephone; None where none is known."""
    return phone[-SHOWN_ENDING:] if phone else None


def _number(text: str) -> Sought | None:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    digits = "".join(str(int(digit)) for digit in found["digits"])
    if found["sign"]:
        return Sought(number=int(digits))
    if len(digits) < MIN_LETTERS:
        return None
    return Sought(number=int(digits), phone_ending=digits if len(digits) == PHONE_ENDING else None)


def _contact(text: str) -> Sought | None:
    if "@" in text:
        email = _read(normalise_email, text)
        return Sought(email=email) if email else None
    phone = _read(normalise_phone, text) if any(map(str.isdigit, text)) else None
    return Sought(phone=phone) if phone else None


def _read(reader: Callable[[str], str], text: str) -> str | None:
    try:
        return reader(text)
    except InvalidValue:
        return None
