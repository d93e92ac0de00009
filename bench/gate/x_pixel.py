"""Read the colour of one pixel of a screen, fast enough for a thousand times a second."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int, c_uint, c_ulong, c_void_p

_ALL_PLANES, _Z_PIXMAP = 0xFFFFFFFF, 2


class Pixel:
    """One pixel of an X screen, given as fractions of its width and height."""

    def __init__(self, display: str, x: float, y: float) -> None:
        """Connect.

        Raises:
            OSError: there is no libX11, or no such X server.
        """
        self._x11 = _library()
        self._display = self._x11.XOpenDisplay(display.encode())
        if not self._display:
            raise OSError(f"no X server at {display}")
        self._root = self._x11.XDefaultRootWindow(self._display)
        width = self._x11.XDisplayWidth(self._display, 0)
        height = self._x11.XDisplayHeight(self._display, 0)
        self._place = round(x * (width - 1)), round(y * (height - 1))

    def colour(self) -> int:
        """Return its colour as 0xRRGGBB."""
        image = self._x11.XGetImage(
            self._display, self._root, *self._place, 1, 1, _ALL_PLANES, _Z_PIXMAP
        )
        try:
            return int(self._x11.XGetPixel(image, 0, 0)) & 0xFFFFFF
        finally:
            self._x11.XDestroyImage(image)

    def close(self) -> None:
        """Close the connection."""
        self._x11.XCloseDisplay(self._display)


def _library() -> ctypes.CDLL:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.argtypes, x11.XOpenDisplay.restype = [c_char_p], c_void_p
    x11.XDefaultRootWindow.argtypes, x11.XDefaultRootWindow.restype = [c_void_p], c_ulong
    for size in (x11.XDisplayWidth, x11.XDisplayHeight):
        size.argtypes, size.restype = [c_void_p, c_int], c_int
    x11.XGetImage.argtypes = [c_void_p, c_ulong, c_int, c_int, c_uint, c_uint, c_ulong, c_int]
    x11.XGetImage.restype = c_void_p
    x11.XGetPixel.argtypes, x11.XGetPixel.restype = [c_void_p, c_int, c_int], c_ulong
    x11.XDestroyImage.argtypes = [c_void_p]
    x11.XCloseDisplay.argtypes = [c_void_p]
    return x11
