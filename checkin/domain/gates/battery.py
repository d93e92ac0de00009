"""When the battery of a gate's computer has to be charged. Pure."""

from __future__ import annotations

from dataclasses import dataclass

#: gates and boards warn below this, so that somebody brings a cable in time
LOW_BELOW_PERCENT = 20


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery of a device.

    Attributes:
        percent: how full it is, 0 to 100.
        is_charging: the device is on the mains.
    """

    percent: int
    is_charging: bool

    @property
    def low_percent(self) -> int | None:
        """Return how full it is where somebody has to bring a cable, else None."""
        return low_percent(self.percent, is_charging=self.is_charging)


def low_percent(percent: int | None, *, is_charging: bool) -> int | None:
    """Return how full a battery is that has to be charged now; None for others, and for none."""
    is_low = percent is not None and percent < LOW_BELOW_PERCENT and not is_charging
    return percent if is_low else None
