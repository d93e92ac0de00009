"""Read this computer's battery: from the kernel on Linux, by the system's own way elsewhere."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path

from checkin.domain.gates.battery import Battery

_SUPPLIES = Path("/sys/class/power_supply")
_DISCHARGES = "Discharging"
_PMSET = re.compile(r"InternalBattery.*?(\d+)%; ([\w ]+);")
_UNKNOWN, _NO_BATTERY = 255, 128


def battery(system: str = sys.platform, supplies: Path = _SUPPLIES) -> Battery | None:
    """Return the battery, or None where there is none or the system does not tell."""
    if system == "win32":
        return _of_windows()
    if system == "darwin":
        return of_pmset(_pmset())
    return _of_linux(supplies)


def _of_linux(supplies: Path) -> Battery | None:
    # https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power
    told = [folder for folder in supplies.glob("*") if _is_of_computer(folder)]
    levels = [level for folder in told if (level := _number(folder / "capacity")) is not None]
    if not levels:
        return None
    discharges = any(_text(folder / "status") == _DISCHARGES for folder in told)
    return Battery(min(100, round(sum(levels) / len(levels))), is_charging=not discharges)


def _is_of_computer(folder: Path) -> bool:
    # That of a mouse or of a pen is a battery, too.
    return _text(folder / "type") == "Battery" and _text(folder / "scope") != "Device"


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):  # the kernel has no answer for this supply now
        return ""


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text.isdigit() else None


def of_pmset(told: str) -> Battery | None:
    """Read what macOS's `pmset -g batt` says."""
    found = _PMSET.search(told)
    if found is None:
        return None
    return Battery(min(100, int(found[1])), is_charging=found[2] != "discharging")


def _pmset() -> str:
    command = ["/usr/bin/pmset", "-g", "batt"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)  # noqa: S603 - a fixed command
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout


class _PowerStatus(ctypes.Structure):
    # SYSTEM_POWER_STATUS of winbase.h
    _fields_ = [
        ("on_mains", ctypes.c_ubyte),
        ("flag", ctypes.c_ubyte),
        ("percent", ctypes.c_ubyte),
        ("saves", ctypes.c_ubyte),
        ("left_s", ctypes.c_ulong),
        ("whole_s", ctypes.c_ulong),
    ]


def _of_windows() -> Battery | None:
    status = _PowerStatus()
    ask = ctypes.windll.kernel32.GetSystemPowerStatus  # type: ignore[attr-defined]
    if not ask(ctypes.byref(status)) or status.percent == _UNKNOWN or status.flag & _NO_BATTERY:
        return None
    return Battery(min(100, status.percent), is_charging=status.on_mains == 1)
