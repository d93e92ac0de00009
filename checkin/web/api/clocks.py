"""What devices say of their clocks, by the server's own."""

from __future__ import annotations

from datetime import datetime, timedelta

#: a scan that asks to be decided and says that it waited for longer was read by no clock of ours
LONGEST_WAIT = timedelta(days=1)


def milliseconds(span: timedelta) -> int:
    """Return a span as whole milliseconds that the database's column can hold."""
    # A clock that is decades off still fits the column.
    return max(-(2**31), min(2**31 - 1, round(span / timedelta(milliseconds=1))))


def shifted(moment: datetime, skew: timedelta) -> datetime:
    """Return a moment moved by a span; one at the edge of the calendar stays where it is."""
    try:
        return moment + skew
    except OverflowError:
        return moment


def live_moment(
    scanned_at: datetime, device_time: datetime | None, now: datetime
) -> tuple[datetime, timedelta]:
    """Return when a scan that is to be decided was read, and how far its clock is behind.

    A device that tells its time is believed about how long the scan waited, however wrong its
    clock is. A wait that cannot be, as when the clock was set in between, dates it on arrival.
    """
    if device_time is None:
        return now, now - scanned_at
    waited = device_time - scanned_at
    believed = timedelta() <= waited <= LONGEST_WAIT
    return (now - waited if believed else now), now - device_time
