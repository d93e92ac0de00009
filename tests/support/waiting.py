"""Wait for a condition that another thread, process or browser makes true."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(happened: Callable[[], T], what: str = "it", timeout_s: float = 30) -> T:
    """Return what `happened` returns once it is true."""
    until = time.monotonic() + timeout_s
    while not (result := happened()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.02)
    return result
