"""The interface of the places where attempts are counted, and counting some of them durably."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter that an attempt adds to.

    Attributes:
        key: the counter's name, of limited length whatever was typed.
        most: the largest count.
        window_s: how many seconds after its first attempt the counter starts again at zero.
        kept: see `checkin.services.limits.rules.Rule`.
    """

    key: str
    most: int
    window_s: int
    kept: bool = False


class Counters(Protocol):
    """A store of counters that any number of threads and processes share."""

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """Add one to each of these counters, or to none of them if one is full.

        Returns:
            None if all were counted; else the seconds until none of the full counters is full.
        """

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """Subtract an attempt that was reserved from its counters."""


class KeptApart:
    """Counts in memory, except the counters that must outlast a restart.

    Args:
        memory: the store of most counters.
        kept: the store of counters with `Counter.kept`.
    """

    def __init__(self, memory: Counters, kept: Counters) -> None:
        self._memory, self._kept = memory, kept

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """See `Counters`."""
        passing, lasting = _split(wanted)
        wait_s = self._memory.reserve(passing, now) if passing else None
        if wait_s is not None or not lasting:
            return wait_s
        wait_s = self._kept.reserve(lasting, now)
        if wait_s is not None and passing:
            self._memory.give_back(passing, now)
        return wait_s

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """See `Counters`."""
        passing, lasting = _split(reserved)
        if passing:
            self._memory.give_back(passing, now)
        if lasting:
            self._kept.give_back(lasting, now)


def _split(counters: Sequence[Counter]) -> tuple[list[Counter], list[Counter]]:
    return [one for one in counters if not one.kept], [one for one in counters if one.kept]
