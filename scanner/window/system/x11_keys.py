"""Read every key of the window directly from X11.

OpenCV's window on Linux is Qt, and its `waitKey` keeps only the last of the keys that came while
the program was busy: measured, a hand scanner that types a letter in 4 ms loses up to half of a
code. X11 lets a second client listen to the same window and keeps all its events in order.
"""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int, c_uint, c_ulong, c_void_p

from scanner.window.system.x11 import X11

_KEY_PRESS, _MAPPING_NOTIFY = 2, 34
_KEY_PRESS_MASK = 1


class _KeyEvent(ctypes.Structure):
    # XKeyEvent of Xlib.h; an event of any type is at most 24 longs.
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("root", c_ulong),
        ("subwindow", c_ulong),
        ("time_ms", c_ulong),
        ("places", c_int * 4),
        ("state", c_uint),
        ("keycode", c_uint),
        ("same_screen", c_int),
        ("rest", c_ulong * 24),
    ]


class X11Keys(X11):
    """Reads the key presses of this program's own windows, and of no other's."""

    def __init__(self) -> None:
        """Connect; see `X11`."""
        super().__init__()
        self._listens = False

    def pressed(self) -> list[tuple[int, int, float]]:
        """Return the keys since the last call.

        Each is its X11 number, which tells what it writes, its keycode, which tells where it is,
        and its time in seconds of the X server.
        """
        if not self._listens:
            self._listens = self._listen()
        keys = []
        event = _KeyEvent()
        while self._x.XPending(self._display):
            self._x.XNextEvent(self._display, byref(event))
            if event.type == _KEY_PRESS:
                keys.append((self._number(event), int(event.keycode), event.time_ms / 1000))
            elif event.type == _MAPPING_NOTIFY:
                self._x.XRefreshKeyboardMapping(byref(event))
        return keys

    def _number(self, event: _KeyEvent) -> int:
        number = c_ulong(0)
        self._x.XLookupString(byref(event), None, 0, byref(number), None)
        return int(number.value)

    def _listen(self) -> bool:
        windows = self.windows()
        for window in windows:
            self._x.XSelectInput(self._display, window, _KEY_PRESS_MASK)
        return bool(windows)
