"""The wall clock of a process of its own, which a test sets while it runs: by libfaketime."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

_PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
_LIBRARIES = [file for place in _PLACES for file in Path("/").glob(place.lstrip("/"))]

needs_faketime = pytest.mark.skipif(
    not _LIBRARIES, reason="needs libfaketime (Debian, Ubuntu: apt-get install libfaketime)"
)


class WallClock:
    """A wall clock that is off by what it was set to last; steady clocks go on as they are."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(timedelta())

    def set(self, off: timedelta) -> None:
        """Set it, as somebody does in the settings of their computer."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{off.total_seconds():+.0f}s\n")
        new.replace(self._file)

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which a process goes by it."""
        return {
            "LD_PRELOAD": str(_LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }
