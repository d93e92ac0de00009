"""Keep the computer awake while the window scans: no sleep, no screen saver, no power button.

What holds it awake ends with this program, also when it is killed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Protocol

# States of SetThreadExecutionState, from winbase.h.
_CONTINUOUS, _SYSTEM_REQUIRED, _DISPLAY_REQUIRED = 0x80000000, 1, 2


class Held(Protocol):
    """What keeps the computer awake until it is closed."""

    def close(self) -> None:
        """Let the computer sleep again."""
        ...


@contextlib.contextmanager
def kept_awake(why: str, system: str = sys.platform) -> Iterator[bool]:
    """Keep the computer awake; yield whether this system promised it.

    Args:
        why: what the system's own lists show as the reason.
    """
    with contextlib.ExitStack() as held:
        ways = [held.enter_context(contextlib.closing(way)) for way in _ways(why, system)]
        yield bool(ways)


def _ways(why: str, system: str) -> list[Held]:
    if system == "win32":
        return _asked([_Windows])
    if system == "darwin":
        return _asked([_Caffeinate])
    return _linux(why)


def _linux(why: str) -> list[Held]:
    from scanner.window.system import inhibitors

    ways: list[Held] = []
    services = (inhibitors.Logind, inhibitors.DesktopScreenSaver, inhibitors.X11ScreenSaver)
    for service in services:
        with contextlib.suppress(inhibitors.Refused):
            ways.append(service(why))
    return ways


def _asked(makers: list[Callable[[], Held]]) -> list[Held]:
    ways = []
    for maker in makers:
        with contextlib.suppress(OSError):
            ways.append(maker())
    return ways


class _Windows:
    """Windows keeps system and screen on for this thread; its power button asks no program."""

    def __init__(self) -> None:
        self._set(_CONTINUOUS | _SYSTEM_REQUIRED | _DISPLAY_REQUIRED)

    def close(self) -> None:
        self._set(_CONTINUOUS)

    def _set(self, state: int) -> None:
        import ctypes

        if not ctypes.windll.kernel32.SetThreadExecutionState(state):  # type: ignore[attr-defined]
            raise OSError("Windows does not keep awake")


class _Caffeinate:
    """macOS's own program, which ends with this one."""

    def __init__(self) -> None:
        command = ["/usr/bin/caffeinate", "-dis", "-w", str(os.getpid())]
        self._process = subprocess.Popen(command)  # noqa: S603 - a fixed command

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
