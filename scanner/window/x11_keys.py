"""Every key of the window, straight from X11.

OpenCV's window on Linux is Qt, and its `waitKey` keeps only the last of the keys that came while
the program was busy: measured, a hand scanner that types a letter in 4 ms loses up to half of a
code. X11 lets a second client listen to the same window and keeps all its events in order.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from typing import Any

_KEY_PRESS, _MAPPING_NOTIFY = 2, 34
_KEY_PRESS_MASK = 1
_CARDINAL = 6
_DEEPEST = 3


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


def x11_keys() -> X11Keys | None:
    """Return the keys of this program's windows, or None where there is no X11."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return X11Keys()
    except OSError:
        return None


class X11Keys:
    """Reads the key presses of this program's own windows, and of no other's."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            OSError: there is no libX11, or no X server.
        """
        self._x = ctypes.CDLL("libX11.so.6")
        self._declare()
        # A window that closes while it is looked at is no reason to end the program, which is
        # what Xlib does otherwise. Kept here, or the callback would be collected.
        self._ignored = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)(lambda *_: 0)
        self._x.XSetErrorHandler(self._ignored)
        self._display = self._x.XOpenDisplay(None)
        if not self._display:
            raise OSError("no X server")
        self._pid_atom = self._x.XInternAtom(self._display, b"_NET_WM_PID", False)
        self._listens = False

    def pressed(self) -> list[tuple[int, float]]:
        """Return the keys since last time: their X11 number, and when, in the server's seconds."""
        if not self._listens:
            self._listens = self._listen(self._x.XDefaultRootWindow(self._display), 0)
        keys = []
        event = _KeyEvent()
        while self._x.XPending(self._display):
            self._x.XNextEvent(self._display, byref(event))
            if event.type == _KEY_PRESS:
                keys.append((self._number(event), event.time_ms / 1000))
            elif event.type == _MAPPING_NOTIFY:
                self._x.XRefreshKeyboardMapping(byref(event))
        return keys

    def close(self) -> None:
        """Hang up."""
        if self._display:
            self._x.XCloseDisplay(self._display)
        self._display = None

    def _number(self, event: _KeyEvent) -> int:
        number = c_ulong(0)
        self._x.XLookupString(byref(event), None, 0, byref(number), None)
        return int(number.value)

    def _listen(self, window: int, depth: int) -> bool:
        """Listen to all windows of ours at and under `window`; say whether there are any."""
        ours = self._pid_of(window) == os.getpid()
        if ours:
            self._x.XSelectInput(self._display, window, _KEY_PRESS_MASK)
        if depth == _DEEPEST:
            return ours
        # A list, for all of them must be listened to.
        return any([ours, *[self._listen(child, depth + 1) for child in self._children(window)]])

    def _children(self, window: int) -> list[int]:
        root, parent, count = c_ulong(), c_ulong(), c_uint()
        children = POINTER(c_ulong)()
        places = (byref(root), byref(parent), byref(children), byref(count))
        if not self._x.XQueryTree(self._display, window, *places):
            return []
        found = [int(children[number]) for number in range(count.value)]
        if found:
            self._x.XFree(children)
        return found

    def _pid_of(self, window: int) -> int:
        kind, form, count, left = c_ulong(), c_int(), c_ulong(), c_ulong()
        value = POINTER(c_ulong)()
        places = (byref(kind), byref(form), byref(count), byref(left), byref(value))
        asked = (self._display, window, self._pid_atom, 0, 1, False, _CARDINAL)
        if self._x.XGetWindowProperty(*asked, *places) != 0 or not count.value:
            return 0
        pid = int(value[0])
        self._x.XFree(value)
        return pid

    def _declare(self) -> None:
        pointer: dict[str, list[Any]] = {
            "XPending": [c_void_p],
            "XNextEvent": [c_void_p, c_void_p],
            "XSelectInput": [c_void_p, c_ulong, ctypes.c_long],
            "XQueryTree": [c_void_p, c_ulong, *[c_void_p] * 4],
            "XFree": [c_void_p],
            "XCloseDisplay": [c_void_p],
            "XLookupString": [c_void_p, c_char_p, c_int, c_void_p, c_void_p],
            "XRefreshKeyboardMapping": [c_void_p],
            "XGetWindowProperty": [
                *[c_void_p, c_ulong, c_ulong, ctypes.c_long, ctypes.c_long, c_int, c_ulong],
                *[c_void_p] * 5,
            ],
        }
        for name, arguments in pointer.items():
            getattr(self._x, name).argtypes = arguments
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XDefaultRootWindow.argtypes = [c_void_p]
        self._x.XDefaultRootWindow.restype = c_ulong
        self._x.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        self._x.XInternAtom.restype = c_ulong
