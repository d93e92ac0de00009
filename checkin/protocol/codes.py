"""The badge code: the format of the 29 characters in the QR code, and the token behind them.

``M`` + 26 base-32 characters of a 16-byte token + 2 check characters, all from Crockford's
alphabet, so that the text stays in QR's alphanumeric mode (a 25×25 symbol at level Q) and can be
typed without confusing O with 0 or I with 1.

The check characters are a Reed-Solomon code over GF(32) with generator (x − α)(x − α²), whose
distance is 3 for words of up to 31 symbols: every error in one or two characters is caught,
adjacent transpositions among them, and one in 1,024 of the wilder ones is not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VERSION = "M"
TOKEN_BYTES = 16
CODE_LENGTH = 29

_DATA_SYMBOLS = 26
_SPARE_BITS = _DATA_SYMBOLS * 5 - TOKEN_BYTES * 8
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_ALIKE = str.maketrans("OIL", "011")
# Spaces of every width, marks of direction and hyphens: what surrounds or groups a code.
_APART = re.compile(
    "[-._ \\t\\n\\v\\f\\r\\u00a0\\u2000-\\u2015\\u2028-\\u202f\\u205f-\\u206f\\u2212\\u3000\\ufeff]"
)


def _powers_of_alpha() -> list[int]:
    # GF(32) with the primitive polynomial x⁵ + x² + 1.
    powers = [1]
    while len(powers) < 31:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 0b100000 else doubled)
    return powers


_EXP = _powers_of_alpha()
_LOG = {value: power for power, value in enumerate(_EXP)}
# (x − α)(x − α²) = x² + (α + α²)x + α³
_G1 = _EXP[1] ^ _EXP[2]
_G0 = _EXP[3]
_TIMES_G1 = [0] + [_EXP[(_LOG[v] + _LOG[_G1]) % 31] for v in range(1, 32)]
_TIMES_G0 = [0] + [_EXP[(_LOG[v] + _LOG[_G0]) % 31] for v in range(1, 32)]


def _remainder(body: str) -> tuple[int, int]:
    high = low = 0
    for letter in body:
        carry = high ^ _VALUE[letter]
        high, low = low ^ _TIMES_G1[carry], _TIMES_G0[carry]
    return high, low


def check_characters(body: str) -> str:
    """Return the two check characters of the 27 characters before them."""
    high, low = _remainder(body)
    return ALPHABET[high] + ALPHABET[low]


def format_code(token: bytes) -> str:
    """Write a 16-byte token as the text of its QR.

    Raises:
        ValueError: the token is not 16 bytes.
    """
    if len(token) != TOKEN_BYTES:
        raise ValueError(f"a token has {TOKEN_BYTES} bytes, not {len(token)}")
    number = int.from_bytes(token) << _SPARE_BITS
    data = "".join(
        ALPHABET[(number >> shift) & 31] for shift in range((_DATA_SYMBOLS - 1) * 5, -1, -5)
    )
    body = VERSION + data
    return body + check_characters(body)


def parse_code(text: str) -> bytes | None:
    """Return the token in `text`, or None when it is not exactly one of our codes."""
    if len(text) != CODE_LENGTH or text[0] != VERSION:
        return None
    if any(letter not in _VALUE for letter in text):
        return None
    if check_characters(text[:-2]) != text[-2:]:
        return None
    number = 0
    for letter in text[1:-2]:
        number = number << 5 | _VALUE[letter]
    if number & ((1 << _SPARE_BITS) - 1):
        return None  # one token has one spelling
    return (number >> _SPARE_BITS).to_bytes(TOKEN_BYTES)


def normalise_code(text: str) -> str:
    """Return `text` in the form of the codes, however it was typed, printed or drawn as a QR.

    Lower case, spaces, hyphens as printed and line ends are forgiven, and O for 0, I and L for 1.
    `normaliseCode` of the scan page does the same, held to `tests/vectors/codes.json`.
    """
    return _APART.sub("", text).upper().translate(_ALIKE)


def code_in(text: str) -> str:
    """Return the code that a camera read as `text`, in its normal form; `text` if it is none."""
    code = normalise_code(text)
    return text if parse_code(code) is None else code


def looks_like_ours(text: str) -> bool:
    """Say whether `text` may be part of a badge code or a mistyped one, worth asking for again."""
    letters = normalise_code(text)
    return letters.startswith(VERSION) and len(letters) >= 8 and all(c in _VALUE for c in letters)


def group_for_people(code: str) -> str:
    """Split a code into groups that people can read out and type."""
    return "-".join([code[:5], *(code[at : at + 6] for at in range(5, CODE_LENGTH, 6))])


def token_for(event_key: bytes, badge_id: UUID, issue: int) -> bytes:
    """Derive a badge's token: the same badge always gets the same one, a reissue another.

    Args:
        event_key: the event's secret, which is never in the database.
        issue: 1 for a first badge, one more for each reissue.
    """
    message = badge_id.bytes + issue.to_bytes(4)
    return hmac.digest(event_key, message, "sha256")[:TOKEN_BYTES]


def token_hash(token: bytes) -> bytes:
    """Return what the server stores instead of the token: SHA-256, 32 bytes."""
    return hashlib.sha256(token).digest()
