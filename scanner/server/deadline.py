"""Call a function and give up after a time limit, whatever it is waiting for."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what `work` returns, or raise what it raises.

    A timeout of the HTTP library restarts with each packet and does not cover the look-up of the
    server's name, but the person at the gate waits for all of it.

    Raises:
        TimeoutError: it took longer; it goes on in its thread, and its result is dropped.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as fault:  # raised again for the caller
            outcome.put((None, fault))

    threading.Thread(target=run, name="within", daemon=True).start()
    with contextlib.suppress(queue.Empty):
        result, fault = outcome.get(timeout=seconds)
        if fault is not None:
            raise fault
        return result  # type: ignore[return-value] # what `work` returned
    raise TimeoutError(f"no answer within {seconds} s")
