"""Sees to it that the window is really on the screen.

Measured without a window manager on a busy machine: in one start of four Qt, which is OpenCV's
window, missed that it had become visible and never painted, whatever was drawn. An Expose event or
leaving full screen did not help; taking the window off the screen and back always did.
"""

from __future__ import annotations

from typing import Protocol

EVERY_S = 0.5
TRIES = 20


class Windows(Protocol):
    """What is asked of the X server."""

    def windows(self) -> list[int]:
        """Return this program's windows, each before those within it."""
        ...

    def is_painted(self, window: int) -> bool:
        """Say whether a window shows anything but black."""
        ...

    def show_again(self) -> None:
        """Take the windows off the screen and put them back."""
        ...


class FirstPaint:
    """Looks at the screen after the first pictures were drawn, until something is seen there."""

    def __init__(self, windows: Windows | None, began_s: float) -> None:
        """Take this program's windows; None where nobody can say what the screen shows."""
        self._windows = windows
        self._next_s = began_s + EVERY_S
        self._tries = TRIES if windows else 0

    def see_to_it(self, now_s: float) -> None:
        """Show the window again if nothing of it is seen yet."""
        if not self._tries or now_s < self._next_s or self._windows is None:
            return
        self._next_s, self._tries = now_s + EVERY_S, self._tries - 1
        windows = self._windows.windows()
        if windows and self._windows.is_painted(windows[0]):
            self._tries = 0
        elif windows:
            self._windows.show_again()
