"""A browser whose profile is a folder on the disk, and which a power cut may end."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser.gates.webcam import Chromium
from tests.support.waiting import wait_for


class Profile:
    """Opens, closes and kills the browser of one profile."""

    def __init__(self, chromium: Chromium, folder: Path) -> None:
        self.folder = folder
        self._chromium = chromium

    def open(self) -> BrowserContext:
        """Start the browser; what it kept before is there."""
        return self._chromium.keeping(self.folder)

    def kill(self) -> None:
        """Kill the browser in the midst of what it does, and wait until it is gone."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_for(lambda: not self._processes(), "the browser's end")

    def _processes(self) -> list[int]:
        ours = f"--user-data-dir={self.folder}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if ours in (process / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(process.name))
        return found
