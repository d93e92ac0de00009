"""Read the window's keys, each with its time."""

from __future__ import annotations

import time

import cv2

from scanner.window.system.keyboard import Key, key_named, place_of
from scanner.window.system.x11_keys import X11Keys


class Keyboard:
    """Reads all keys: from X11 where it runs, elsewhere from OpenCV, which loses none there."""

    def __init__(self) -> None:
        """Connect; the window must be open."""
        self._x11 = X11Keys.or_none()
        self._ahead_s = -1e18

    def wait(self, wait_ms: int) -> list[tuple[Key, float]]:
        """Let the window paint for `wait_ms` or up to a key, and return the keys that came.

        Times are of this computer's monotonic clock.
        """
        number = cv2.waitKeyEx(wait_ms)
        now_s = time.monotonic()
        pressed = self._x11.pressed() if self._x11 else [(number, 0, now_s)]
        keys = [(Key(key_named(n) or "", place_of(code)), at_s) for n, code, at_s in pressed]
        seen = [(key, at_s) for key, at_s in keys if key.name or key.place]
        return [(key, self._on_our_clock(at_s, now_s)) for key, at_s in seen]

    def close(self) -> None:
        """Stop listening."""
        if self._x11:
            self._x11.close()

    def _on_our_clock(self, at_s: float, now_s: float) -> float:
        # X11's clock began at another moment. A key is never later than now, and the one that was
        # read soonest shows best by how much the clocks differ.
        if not 0 <= now_s - (at_s - self._ahead_s) < 5:
            self._ahead_s = at_s - now_s
        return at_s - self._ahead_s
