"""Pass a badge on once each time it is shown, and tell it apart when it comes back. Pure.

`checkin/static/js/scan/keys/debounce.js` is the same rule; `tests/vectors/debounce.json` holds
both.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

CAMERA_S = 5.0
WEDGE_S = 2.5
#: a text that was away for less may only have been misread
AWAY_S = 1.0


class Showing(StrEnum):
    """What a text in the picture is."""

    NEW = "new"
    HELD = "held"  # it has not left, or only for a moment
    AGAIN = "again"  # it had left, and is back too soon to be a new showing


class Debounce:
    """Remembers when each text was last seen, and which have left the picture since.

    Times are seconds of any clock that does not go back: the running time of a camera, or a
    video's own time.
    """

    def __init__(self, quiet_s: float = CAMERA_S) -> None:
        """Take how many seconds a text must be out of view to count as new."""
        self.quiet_s = quiet_s
        self._last_seen: dict[str, float] = {}
        self._left: set[str] = set()
        self._released: set[str] = set()

    def picture(self, texts: Iterable[str], at_s: float) -> dict[str, Showing]:
        """Note the texts of one picture, and say of each what it is.

        Each sight of a text restarts its wait. A text has left only when a picture lacked it: a
        camera or a computer that stands still for seconds shows no badge again.
        """
        seen = dict.fromkeys(texts)
        self._left |= self._last_seen.keys() - seen.keys()
        showings = {text: self._showing(text, at_s) for text in seen}
        self._left -= seen.keys()
        self._released -= {text for text, of in showings.items() if of == Showing.NEW}
        self._last_seen |= dict.fromkeys(seen, at_s)
        self._drop_old(at_s)
        return showings

    def reading(self, text: str, at_s: float) -> Showing:
        """Note what a hand scanner or a person wrote: between two readings nothing is in view."""
        self.picture((), at_s)
        return self.picture((text,), at_s)[text]

    def release(self, text: str) -> None:
        """Let `text` count as new as soon as it is back: its scan was taken back."""
        self._released.add(text)

    def forget(self, text: str) -> None:
        """Let `text` count as new at once, also while it is held: its scan could not be kept."""
        self._last_seen.pop(text, None)
        self._left.discard(text)
        self._released.discard(text)

    def _showing(self, text: str, at_s: float) -> Showing:
        last = self._last_seen.get(text)
        if last is None or at_s - last >= self.quiet_s:
            return Showing.NEW
        if text not in self._left or at_s - last < AWAY_S:
            return Showing.HELD
        return Showing.NEW if text in self._released else Showing.AGAIN

    def _drop_old(self, at_s: float) -> None:
        oldest = at_s - self.quiet_s
        self._last_seen = {text: at for text, at in self._last_seen.items() if at >= oldest}
        self._left &= self._last_seen.keys()
        self._released &= self._last_seen.keys()
