"""The time of this device, and how far it is from the server's.

A laptop's clock may jump backwards, be an hour off or start in the year 2000 after its battery
died. So the wall clock is read once when the scanner starts, and from there a clock that cannot
jump counts on. Within one run ("frame") the distance to the server's clock is therefore one number,
and a measurement made at any time corrects every scan of the run, before and after. Until the
computer is switched off, that steady clock tells a later run the server's time, too, whatever the
wall clock was set to meanwhile.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

#: a clock further off than this is worth a word to the volunteer
WARN_S = 60.0


def wall_clock() -> datetime:
    """Return what the computer's clock says, aware, UTC."""
    return datetime.now(UTC)


def steady_s() -> float:
    """Return seconds of a clock that never goes back, and where possible counts during sleep."""
    # Python's monotonic clock stands still while the lid is closed, on Linux and on macOS; these do
    # not. On Windows it goes on.
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def boot_id() -> str:
    """Return what names the time since this computer was switched on; "" where nothing does."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def skew_since(anchor: str, kept_skew_s: float) -> float:
    """Return by how many seconds the wall clock is ahead of the server's now.

    Args:
        anchor: what `DeviceClock.anchor` said in an earlier run; "" where it said nothing.
        kept_skew_s: what that run measured, which holds unless the wall clock was set meanwhile.
    """
    boot, _, server_s = anchor.partition(" ")
    if not boot or boot != boot_id():
        return kept_skew_s
    return wall_clock().timestamp() - (steady_s() + float(server_s))


class DeviceClock:
    """Tells this device's time and corrects it to the server's.

    Attributes:
        frame: the name of this run's time.
        skew_s: by how many seconds this device is ahead of the server, as measured in this run;
            None until the server has answered once.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = wall_clock,
        steady: Callable[[], float] = steady_s,
        *,
        kept_skew_s: float = 0.0,
        floor: datetime | None = None,
    ) -> None:
        """Start a run.

        Args:
            kept_skew_s: the skew that an earlier run measured, believed until this one has.
            floor: a time of the server's that is past for sure.
        """
        self.frame = uuid4().hex
        self.skew_s: float | None = None
        self._kept_skew_s = kept_skew_s
        self._floor = floor
        self._steady = steady
        self._began_at = wall()
        self._began_s = steady()

    def now(self) -> datetime:
        """Return this device's time."""
        return self._began_at + timedelta(seconds=self._steady() - self._began_s)

    def elapsed_s(self) -> float:
        """Return seconds for measuring spans."""
        return self._steady()

    def correction_s(self) -> float:
        """Return the skew to correct with: measured, or the one of an earlier run."""
        return self._kept_skew_s if self.skew_s is None else self.skew_s

    def corrected(self, at: datetime) -> datetime:
        """Return a time of this device's by the server's clock.

        Never before the latest time known of the server: after a dead battery that is the
        better estimate.
        """
        by_server = shifted(at, -self.correction_s())
        return by_server if self._floor is None else max(by_server, self._floor)

    def is_believable(self) -> bool:
        """Say whether the server's time is known well enough to tell what has expired.

        A clock that was not measured in this run, and shows a time before the latest one known of
        the server, was set back or lost its battery: the time since then is unknown.
        """
        if self.skew_s is not None or self._floor is None:
            return True
        return shifted(self.now(), -self._kept_skew_s) >= self._floor

    def server_now(self) -> datetime:
        """Return the time by the server's clock."""
        return self.corrected(self.now())

    def note(self, server_time: datetime, sent_at: datetime, round_trip_s: float) -> None:
        """Measure the skew with the times of one request and its answer."""
        self.skew_s = skew_s(sent_at, server_time, round_trip_s)
        # Its latest word, not its highest: a server may have started with a wrong clock, too.
        self._floor = server_time

    def anchor(self) -> str:
        """Return what tells a later run the server's time, until the computer is switched off."""
        boot = boot_id()
        return f"{boot} {self.server_now().timestamp() - self._steady():.3f}" if boot else ""

    def is_off(self) -> bool:
        """Say whether the measured skew is worth a warning."""
        return self.skew_s is not None and abs(self.skew_s) > WARN_S


def skew_s(sent_at: datetime, server_time: datetime, round_trip_s: float) -> float:
    """Return by how many seconds this computer's clock is ahead of the server's.

    The server's time is assumed to be that of the middle of the round trip.
    """
    return (sent_at - server_time).total_seconds() + round_trip_s / 2


def shifted(at: datetime, by_s: float) -> datetime:
    """Return `at` moved by some seconds, or unchanged where that would leave the calendar."""
    try:
        return at + timedelta(seconds=by_s)
    except OverflowError:
        return at
