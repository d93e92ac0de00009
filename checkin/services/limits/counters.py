"""What every place that counts can do, and the counters that are kept apart from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter that a try adds to.

    Attributes:
        key: its name, short whatever was typed.
        most: it never passes this.
        window_s: it begins anew so many seconds after its first.
        kept: see `checkin.services.limits.rules.Rule`.
    """

    key: str
    most: int
    window_s: int
    kept: bool = False


class Counters(Protocol):
    """A place where tries are counted; any number of threads, and of processes, share it."""

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """Add one to each of these counters, or to none of them where one is full.

        Returns:
            None once all are counted; else the seconds until none of the full ones is full.
        """

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """Take away one that was reserved."""


class KeptApart:
    """Counts in memory, but what must outlast a restart elsewhere.

    Args:
        memory: for the most.
        kept: for counters that are to be kept.
    """

    def __init__(self, memory: Counters, kept: Counters) -> None:
        self._memory, self._kept = memory, kept

    def reserve(self, wanted: Sequence[Counter], now: datetime) -> float | None:
        """See `Counters`."""
        passing, lasting = _apart(wanted)
        wait_s = self._memory.reserve(passing, now) if passing else None
        if wait_s is not None or not lasting:
            return wait_s
        wait_s = self._kept.reserve(lasting, now)
        if wait_s is not None and passing:
            self._memory.give_back(passing, now)
        return wait_s

    def give_back(self, reserved: Sequence[Counter], now: datetime) -> None:
        """See `Counters`."""
        passing, lasting = _apart(reserved)
        if passing:
            self._memory.give_back(passing, now)
        if lasting:
            self._kept.give_back(lasting, now)


def _apart(counters: Sequence[Counter]) -> tuple[list[Counter], list[Counter]]:
    return [one for one in counters if not one.kept], [one for one in counters if one.kept]
