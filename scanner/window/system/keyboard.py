"""Translate OpenCV's and X11's key numbers into letters, names and places of keys. Pure."""

from __future__ import annotations

from dataclasses import dataclass

ENTER, ESCAPE, BACKSPACE, TAB = "enter", "escape", "backspace", "tab"
UP, DOWN = "up", "down"

# X11's numbers come through Qt, then those of Windows and of macOS.
_NAMED = {
    13: ENTER,
    10: ENTER,
    0xFF0A: ENTER,
    0xFF0D: ENTER,
    0xFF1B: ESCAPE,
    0xFF09: TAB,
    0xFF8D: ENTER,
    27: ESCAPE,
    8: BACKSPACE,
    127: BACKSPACE,
    0xFF08: BACKSPACE,
    9: TAB,
    0xFF52: UP,
    0x260000: UP,
    63232: UP,
    0xFF54: DOWN,
    0x280000: DOWN,
    63233: DOWN,
}
_KEYPAD_DIGITS = 0xFFB0
_UNICODE = 0x0100_0000
# X11's keycodes are those of the kernel (linux/input-event-codes.h) and 8, whatever the layout.
_ROWS = ((10, "1234567890"), (24, "QWERTYUIOP"), (38, "ASDFGHJKL;"), (52, "ZXCVBNM,"))
_KEYPAD = ((79, "789"), (83, "456"), (87, "1230"))
_PLACES = {
    first + number: place
    for first, places in (*_ROWS, *_KEYPAD)
    for number, place in enumerate(places)
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key that was pressed.

    Attributes:
        name: the letter that it wrote, or a name such as `enter`; empty for an accent that waits.
        place: what an American keyboard has on this key: a capital, a digit, ";" or ","; empty for
            other keys, and where the system does not tell.
    """

    name: str
    place: str = ""


def place_of(keycode: int) -> str:
    """Return the place of a key by its X11 keycode; empty for keys that no code needs."""
    return _PLACES.get(keycode, "")


def key_named(number: int) -> str | None:
    """Return a letter or the name of a key; None for no key and for modifiers such as Shift.

    X11 numbers letters by alphabet: Latin-1 as itself, Arabic as 0x500 and its byte in
    ISO 8859-6, anything else as 0x01000000 and its code point.
    """
    if number < 0:
        return None
    if name := _NAMED.get(number):
        return name
    if 0 <= number - _KEYPAD_DIGITS <= 9:
        return str(number - _KEYPAD_DIGITS)
    letter = _letter(number)
    return letter if letter and letter.isprintable() else None


def _letter(number: int) -> str | None:
    if number < 0x100:
        return chr(number)
    if number >> 8 == 5:
        return bytes([number & 0xFF]).decode("iso8859-6", errors="ignore") or None
    if _UNICODE < number <= _UNICODE + 0x10FFFF:
        return chr(number - _UNICODE)
    return None
