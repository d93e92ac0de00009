"""Ask the X server about this program's windows, which OpenCV does not report."""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from typing import Any, TypeVar

_CARDINAL = 6
_DEEPEST = 3
_ALL_PLANES, _Z_PIXMAP = 0xFFFFFFFF, 2
_EVERY_PX = 16
X = TypeVar("X", bound="X11")


class X11:
    """A second connection to the X server, which looks only at windows of this program."""

    @classmethod
    def or_none(cls: type[X]) -> X | None:
        """Connect, or return None where there is no X11."""
        if not sys.platform.startswith("linux"):
            return None
        try:
            return cls()
        except OSError:
            return None

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

    def screen_size(self) -> tuple[int, int]:
        """Return width and height of the screen in pixels."""
        width, height = self._x.XDisplayWidth, self._x.XDisplayHeight
        return int(width(self._display, 0)), int(height(self._display, 0))

    def windows(self) -> list[int]:
        """Return this program's windows, each before its child windows."""
        return self._ours(self._x.XDefaultRootWindow(self._display), 0)

    def is_painted(self, window: int) -> bool:
        """Say whether the middle column of a window has any pixel that is not black."""
        width, height = self._size(window)
        if not width:
            return False
        image = self._x.XGetImage(
            self._display, window, width // 2, 0, 1, height, _ALL_PLANES, _Z_PIXMAP
        )
        if not image:
            return False
        try:
            rows = range(0, height, _EVERY_PX)
            return any(self._x.XGetPixel(image, 0, y) & 0xFFFFFF for y in rows)
        finally:
            self._x.XDestroyImage(image)

    def show_again(self) -> None:
        """Unmap and map this program's windows."""
        windows = self.windows()
        for act in (self._x.XUnmapWindow, self._x.XMapWindow):
            for window in windows:
                act(self._display, window)
        self._x.XFlush(self._display)

    def close(self) -> None:
        """Close the connection."""
        if self._display:
            self._x.XCloseDisplay(self._display)
        self._display = None

    def _ours(self, window: int, depth: int) -> list[int]:
        here = [window] if self._pid_of(window) == os.getpid() else []
        if depth < _DEEPEST:
            for child in self._children(window):
                here += self._ours(child, depth + 1)
        return here

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

    def _size(self, window: int) -> tuple[int, int]:
        root, x, y = c_ulong(), c_int(), c_int()
        width, height, border, depth = c_uint(), c_uint(), c_uint(), c_uint()
        places = map(byref, (root, x, y, width, height, border, depth))
        known = self._x.XGetGeometry(self._display, window, *places)
        return (width.value, height.value) if known else (0, 0)

    def _declare(self) -> None:
        window: list[Any] = [c_void_p, c_ulong]
        pointer: dict[str, list[Any]] = {
            "XPending": [c_void_p],
            "XFlush": [c_void_p],
            "XDisplayWidth": [c_void_p, c_int],
            "XDisplayHeight": [c_void_p, c_int],
            "XNextEvent": [c_void_p, c_void_p],
            "XSelectInput": [*window, ctypes.c_long],
            "XQueryTree": [*window, *[c_void_p] * 4],
            "XFree": [c_void_p],
            "XCloseDisplay": [c_void_p],
            "XLookupString": [c_void_p, c_char_p, c_int, c_void_p, c_void_p],
            "XRefreshKeyboardMapping": [c_void_p],
            "XUnmapWindow": window,
            "XMapWindow": window,
            "XGetGeometry": [*window, *[c_void_p] * 7],
            "XGetImage": [*window, c_int, c_int, c_uint, c_uint, c_ulong, c_int],
            "XGetPixel": [c_void_p, c_int, c_int],
            "XDestroyImage": [c_void_p],
            "XOpenDisplay": [c_char_p],
            "XDefaultRootWindow": [c_void_p],
            "XInternAtom": [c_void_p, c_char_p, c_int],
            "XGetWindowProperty": [
                *[c_void_p, c_ulong, c_ulong, ctypes.c_long, ctypes.c_long, c_int, c_ulong],
                *[c_void_p] * 5,
            ],
        }
        for name, arguments in pointer.items():
            getattr(self._x, name).argtypes = arguments
        for name in ("XOpenDisplay", "XGetImage"):
            getattr(self._x, name).restype = c_void_p
        for name in ("XDefaultRootWindow", "XInternAtom", "XGetPixel"):
            getattr(self._x, name).restype = c_ulong
