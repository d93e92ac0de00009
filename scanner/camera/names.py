"""The cameras of this computer, with their names where the system gives them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

_LINUX = Path("/sys/class/video4linux")
_NUMBERS_TO_TRY = 4


@dataclass(frozen=True, slots=True)
class CameraName:
    """One camera: `name` is empty where the system gives none."""

    number: int
    name: str = ""


def cameras(folder: Path = _LINUX, system: str = sys.platform) -> list[CameraName]:
    """List the cameras by number.

    Only Linux names them without opening each, which would take a camera from the program that
    uses it; elsewhere the first few numbers are listed without a name.
    """
    if not system.startswith("linux"):
        return [CameraName(number) for number in range(_NUMBERS_TO_TRY)]
    found = [_camera(node) for node in folder.glob("video*") if _gives_pictures(node)]
    return sorted((c for c in found if c is not None), key=lambda camera: camera.number)


def _camera(node: Path) -> CameraName | None:
    number = node.name.removeprefix("video")
    return CameraName(int(number), _line(node / "name")) if number.isdecimal() else None


def _gives_pictures(node: Path) -> bool:
    # A webcam is two devices since Linux 4.16; the second gives data about its pictures.
    return _line(node / "index") in ("", "0")


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
