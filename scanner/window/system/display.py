"""Check for a screen and open the window. Without a screen Qt would abort the program."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator

from scanner.core.errors import NoDisplay
from scanner.window.first_paint import FirstPaint
from scanner.window.system.x11 import X11

TITLE = "Marhaba"
_DISPLAY = re.compile(r"^(?:unix)?(?P<host>[^:/]*):(?P<number>\d+)(?:\.\d+)?$")


def check_display() -> None:
    """Return when a window can be opened.

    Raises:
        NoDisplay: no X display is set, or no X server listens there.
    """
    if not sys.platform.startswith("linux"):
        return
    # OpenCV's wheel brings only Qt's X plugin; on Wayland it goes through XWayland, which sets
    # DISPLAY too.
    named = _DISPLAY.match(os.environ.get("DISPLAY", ""))
    if named is None or not _answers(named["host"], int(named["number"])):
        raise NoDisplay
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")


def open_window(title: str, width: int, height: int) -> None:
    """Open an empty window of this width and height, the whole screen.

    The size is set explicitly: without a window manager nothing else would do it.
    """
    import cv2

    # Without GUI_NORMAL Qt adds a toolbar, and a menu on the right mouse button.
    cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
    cv2.resizeWindow(title, width, height)
    cv2.moveWindow(title, 0, 0)
    cv2.setWindowProperty(title, cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN)


@contextlib.contextmanager
def shown_window(width: int, height: int) -> Iterator[Callable[[], None]]:
    """Show the window and yield a function, called in each loop, that makes sure it is painted.

    Args:
        width, height: of the window where the size of the screen is unknown.
    """
    import cv2

    x11 = X11.or_none()
    open_window(TITLE, *(x11.screen_size() if x11 else (width, height)))
    first_paint = FirstPaint(x11, time.monotonic())
    try:
        yield lambda: first_paint.see_to_it(time.monotonic())
    finally:
        cv2.destroyAllWindows()
        if x11:
            x11.close()


def _answers(host: str, number: int) -> bool:
    if host:
        return _connects(socket.AF_INET, (host, 6000 + number))
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen, by convention
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True
