"""Files that a page lets a worker make: they come at once, or the page of the job has them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

_LONGEST_S = 60


def file_of_job(page: Any, press: Callable[[], None]) -> Path:
    """Press what asks for a job that makes one file, and return where that file is."""
    downloads: list[Any] = []
    page.on("download", lambda download: downloads.extend([download]))
    press()
    until = time.monotonic() + _LONGEST_S
    while not downloads:
        assert time.monotonic() < until, f"no file came, and {page.url} is open"
        page.wait_for_timeout(50)
        with suppress(Error):  # the page may be left in this very moment
            if "/jobs/" in page.url and (link := page.query_selector(".files a")):
                link.click()
    path: Path = downloads[0].path()
    return path
