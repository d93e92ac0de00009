"""Convert the times that devices report to the server's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

#: a scan that asks to be decided and says that it waited for longer was read by no clock of ours
LONGEST_WAIT = timedelta(days=1)


def milliseconds(span: timedelta) -> int:
    """Return a span in whole milliseconds, limited to what the database's column can hold."""
    # A clock that is decades off still fits the column.
    return max(-(2**31), min(2**31 - 1, round(span / timedelta(milliseconds=1))))


def shifted(moment: datetime, skew: timedelta) -> datetime:
    """Return a moment moved by a span; unchanged if the result would leave the calendar."""
    try:
        return moment + skew
    except OverflowError:
        return moment


def live_moment(
    scanned_at: datetime, device_time: datetime | None, now: datetime
) -> tuple[datetime, timedelta]:
    """Return when a live scan was read, and how far the device's clock is behind the server's.

    If the device sends its time, the server takes from it how long the scan waited, however wrong
    the clock is. If that wait is impossible, because the clock was set in between, the scan is
    dated on its arrival.
    """
    if device_time is None:
        return now, now - scanned_at
    waited = device_time - scanned_at
    believed = timedelta() <= waited <= LONGEST_WAIT
    return (now - waited if believed else now), now - device_time
