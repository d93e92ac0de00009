"""Tell a hand scanner's keys from a person's: both use the keyboard. Pure, time is an argument.

A hand scanner "types" a code, fast or with up to 300 ms between two keys, and ends with Enter or
Tab, or with nothing. So a letter is a command only when it stands alone for that long: no code is
being typed. A letter that opens a form is passed on sooner, because a name is typed right after it;
no badge code begins with one. While a form is open, letters are text.

The scan page does the same (`key-collector.js`), held to `tests/vectors/keys.json`.
"""

from __future__ import annotations

from dataclasses import dataclass

from checkin.protocol.codes import CODE_LENGTH
from scanner.core.typed import is_whole_code, meant_key
from scanner.window.system.keyboard import ENTER, TAB, Key

GAP_S = 0.08
CODE_GAP_S = 0.35  # 300 ms, and what a busy computer adds
SHORTEST = 6
_END_BELONGS_S = 0.4


@dataclass(frozen=True, slots=True)
class Burst:
    """Keys that belong together: the text of a hand scanner.

    Attributes:
        places: the places of the keys, as far as they are known.
    """

    text: str
    places: str = ""


Pressed = Key | Burst


class KeyCollector:
    """Groups keys into a person's single keys and a hand scanner's bursts."""

    def __init__(self, opening: frozenset[str] = frozenset()) -> None:
        """Take the commands after which somebody types at once, as `meant_key` names them."""
        self._opening = opening
        self._run: list[Key] = []
        self._last_s = 0.0
        self._ended_s = -1.0

    def pressed(self, key: Key, at_s: float, *, in_form: bool = False) -> list[Pressed]:
        """Take one key and return what can be passed on now.

        Args:
            in_form: somebody is typing into a form.
        """
        before = self.at_time(at_s, in_form=in_form)
        if key.name in (ENTER, TAB):
            return before + self._ended(key, at_s)
        if len(key.name) > 1 and not key.place:
            return [*before, *self._passed_on(), key]
        self._run.append(key)
        self._last_s = at_s
        return before + self._whole_code(at_s)

    def at_time(self, at_s: float, *, in_form: bool = False) -> list[Pressed]:
        """Return what can be passed on because no key followed in time."""
        is_over = self._run and at_s - self._last_s > self._patience_s(in_form)
        return self._passed_on() if is_over else []

    def _patience_s(self, in_form: bool) -> float:
        first = self._run[0]
        opens = meant_key(first.name, first.place) in self._opening
        return GAP_S if in_form or opens else CODE_GAP_S

    def _ended(self, key: Key, at_s: float) -> list[Pressed]:
        if not self._run and at_s - self._ended_s < _END_BELONGS_S:
            self._ended_s = at_s
            return []  # the end of a code that was taken already, or the second of two
        if len(self._run) < SHORTEST:
            return [*self._passed_on(), key]
        self._ended_s = at_s
        return self._passed_on()

    def _whole_code(self, at_s: float) -> list[Pressed]:
        # A command may have been pressed right before the code.
        for start in range(min(SHORTEST, len(self._run) - CODE_LENGTH + 1)):
            burst = _burst(self._run[start:])
            if is_whole_code(burst.text, burst.places):
                before, self._run = self._run[:start], []
                self._ended_s = at_s
                return [*before, burst]
        return []

    def _passed_on(self) -> list[Pressed]:
        keys, self._run = self._run, []
        return [_burst(keys)] if len(keys) >= SHORTEST else list(keys)


def _burst(keys: list[Key]) -> Burst:
    return Burst("".join(k.name for k in keys), "".join(k.place for k in keys))
