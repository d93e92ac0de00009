"""Make sure that the window is painted on the screen.

Without a window manager on a busy machine, in one start of four, Qt (OpenCV's window) missed that
it had become visible and never painted. An Expose event or leaving full screen did not help;
unmapping and mapping the window always did.
"""

from __future__ import annotations

from typing import Protocol

EVERY_S = 0.5
TRIES = 20


class Windows(Protocol):
    """The requests to the X server."""

    def windows(self) -> list[int]:
        """Return this program's windows, each before its child windows."""
        ...

    def is_painted(self, window: int) -> bool:
        """Say whether a window shows any pixel that is not black."""
        ...

    def show_again(self) -> None:
        """Unmap and map the windows."""
        ...


class FirstPaint:
    """Checks after the first pictures were drawn, until the window shows something."""

    def __init__(self, windows: Windows | None, began_s: float) -> None:
        """Take this program's windows; None where the screen cannot be read."""
        self._windows = windows
        self._next_s = began_s + EVERY_S
        self._tries = TRIES if windows else 0

    def see_to_it(self, now_s: float) -> None:
        """Show the window again if it is not painted yet."""
        if not self._tries or now_s < self._next_s or self._windows is None:
            return
        self._next_s, self._tries = now_s + EVERY_S, self._tries - 1
        windows = self._windows.windows()
        if windows and self._windows.is_painted(windows[0]):
            self._tries = 0
        elif windows:
            self._windows.show_again()
