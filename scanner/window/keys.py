"""Tell a hand scanner's keys from a person's: both use the keyboard. Pure, time is an argument.

A hand scanner "types" a code in a few hundred milliseconds and ends with Enter, as most are set,
or with nothing. A person's keys are much further apart, so a key is passed on only when no other
follows at once; that wait is too short to be noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

from checkin.protocol.codes import parse_code
from scanner.core.typed import meant_code
from scanner.window.keyboard import ENTER

GAP_S = 0.08
SHORTEST = 6
_ENTER_BELONGS_S = 0.4


@dataclass(frozen=True, slots=True)
class Key:
    """One key that a person pressed: a letter, or a name of `keyboard`."""

    name: str


@dataclass(frozen=True, slots=True)
class Burst:
    """Keys that came too fast for a person: the text of a hand scanner."""

    text: str


Pressed = Key | Burst


class KeyCollector:
    """Groups keys into a person's single keys and a hand scanner's bursts."""

    def __init__(self) -> None:
        self._letters: list[str] = []
        self._last_s = 0.0
        self._taken_s = -1.0

    def pressed(self, name: str, at_s: float) -> list[Pressed]:
        """Take one key and return what can be passed on now."""
        before = self.at_time(at_s)
        if name == ENTER:
            return before + self._entered(at_s)
        if len(name) > 1:
            return [*before, *self._flushed(), Key(name)]
        self._letters.append(name)
        self._last_s = at_s
        return before + self._whole_code(at_s)

    def at_time(self, at_s: float) -> list[Pressed]:
        """Return what can be passed on because no key followed in time."""
        return self._flushed() if self._letters and at_s - self._last_s > GAP_S else []

    def _entered(self, at_s: float) -> list[Pressed]:
        if not self._letters and at_s - self._taken_s < _ENTER_BELONGS_S:
            self._taken_s = -1.0
            return []  # the end of a code that was taken already
        ends_burst = len(self._letters) >= SHORTEST
        return self._flushed() + ([] if ends_burst else [Key(ENTER)])

    def _whole_code(self, at_s: float) -> list[Pressed]:
        text = "".join(self._letters)
        if len(text) < 28 or parse_code(meant_code(text)) is None:
            return []
        self._letters.clear()
        self._taken_s = at_s
        return [Burst(text)]

    def _flushed(self) -> list[Pressed]:
        letters, self._letters = self._letters, []
        if len(letters) >= SHORTEST:
            return [Burst("".join(letters))]
        return [Key(letter) for letter in letters]
