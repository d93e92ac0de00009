"""Time a piece of work in this process."""

from __future__ import annotations

import time
from collections.abc import Callable


def timed_ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
