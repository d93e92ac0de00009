"""What a PIN must not be: one that somebody at a gate would try first."""

from __future__ import annotations

from itertools import pairwise

LENGTHS = range(4, 9)
#: down the middle of a keypad and up again, and its corners
_KEYPAD = ("2580", "0852", "1379", "1397", "7913", "3179")


def is_pin(text: str) -> bool:
    """Say whether a text has the form of a PIN: 4 to 8 digits."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit()


def is_guessable(pin: str) -> bool:
    """Say whether a PIN is among the first that people try.

    Refused are equal steps (1111, 1234, 9876, 2468), a repeated part (1212, 123123), years, and
    straight ways over a keypad: what leads the lists of leaked PINs.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 or _repeats(pin) or pin in _KEYPAD or _is_year(pin)


def _repeats(pin: str) -> bool:
    parts = (pin[:length] for length in range(1, len(pin) // 2 + 1))
    return any(part * (len(pin) // len(part)) == pin for part in parts)


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and pin.startswith(("19", "20"))
