"""Ask a Linux desktop over D-Bus, and X11, not to sleep. What was asked for ends with this program.

Three services have to be asked, because desktops listen to different ones: systemd-logind
(https://systemd.io/INHIBITOR_LOCKS) for sleep and the power button, the desktop's own screen saver
(https://specifications.freedesktop.org/idle-inhibit-spec) for dimming and locking, and the X server
for its own screen saver and the screen's power saving (`XScreenSaverSuspend`).
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int, c_void_p
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

PROGRAM = "Marhaba"
_ANSWERS_WITHIN_S = 2.0
#: the power button needs a right of its own, which not every session has
_HELD_OFF = ("sleep:idle:handle-power-key:handle-suspend-key", "sleep:idle", "idle")
_LOGIND = DBusAddress(
    "/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager"
)
_SCREEN_SAVER = DBusAddress(
    "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "org.freedesktop.ScreenSaver"
)


class Refused(Exception):
    """This service is not there, or does not do it."""


class Logind:
    """Holds off sleep, and the power button where that is allowed."""

    def __init__(self, why: str) -> None:
        """Ask.

        Raises:
            Refused: there is no logind, or it allows nothing.
        """
        self._bus = _connected("SYSTEM")
        try:
            self._lock = _first_allowed(self._bus, why)
        except Refused:
            self._bus.close()
            raise

    def close(self) -> None:
        """Let the computer sleep again."""
        self._lock.close()
        self._bus.close()


class DesktopScreenSaver:
    """Holds off the desktop's screen saver for as long as its connection is open."""

    def __init__(self, why: str) -> None:
        """Ask.

        Raises:
            Refused: the desktop has no such service.
        """
        self._bus = _connected("SESSION")
        try:
            (self._cookie,) = _called(self._bus, _SCREEN_SAVER, "ss", PROGRAM, why)
        except Refused:
            self._bus.close()
            raise

    def close(self) -> None:
        """Let the screen saver come again."""
        self._bus.close()


class X11ScreenSaver:
    """Holds off the X server's screen saver for as long as its connection is open."""

    def __init__(self, why: str) -> None:
        """Ask; the X server wants no reason.

        Raises:
            Refused: there is no X server, or no library that asks it.
        """
        del why
        try:
            self._x, saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
        except OSError as error:
            raise Refused from error
        self._x.XOpenDisplay.argtypes, self._x.XOpenDisplay.restype = [c_char_p], c_void_p
        self._x.XFlush.argtypes = self._x.XCloseDisplay.argtypes = [c_void_p]
        saver.XScreenSaverSuspend.argtypes = [c_void_p, c_int]
        self._display = self._x.XOpenDisplay(None)
        if not self._display:
            raise Refused
        saver.XScreenSaverSuspend(self._display, True)
        self._x.XFlush(self._display)

    def close(self) -> None:
        """Let the screen saver come again."""
        self._x.XCloseDisplay(self._display)


def _first_allowed(bus: DBusConnection, why: str) -> Any:
    for what in _HELD_OFF:
        try:
            (lock,) = _called(bus, _LOGIND, "ssss", what, PROGRAM, why, "block")
        except Refused:
            continue
        return lock
    raise Refused


def _connected(bus: str) -> DBusConnection:
    try:
        return open_dbus_connection(bus, enable_fds=bus == "SYSTEM")
    except (OSError, KeyError, RuntimeError, ValueError) as error:  # none, or none of our system
        raise Refused from error


def _called(bus: DBusConnection, service: DBusAddress, signature: str, *told: str) -> Any:
    message = new_method_call(service, "Inhibit", signature, told)
    try:
        return unwrap_msg(bus.send_and_get_reply(message, timeout=_ANSWERS_WITHIN_S))
    except (DBusErrorResponse, OSError) as error:
        raise Refused from error
