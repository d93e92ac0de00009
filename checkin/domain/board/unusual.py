"""When a device does something faster than a gate ever would. Pure.

A scan that names its badge without the code comes from a device that has forgotten it: live, that
is what a crash had cut off, a few scans; in a batch, what volunteers read without the network, one
person after another. Whoever has stolen a device has all refs at hand, in its gate list, and can
send them only faster, or for times at which nobody read them. The people of a bus whose leader's
badge a device has read are left out: they come in all at once.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

#: what was sent within this span is looked at, and shown for as long
WINDOW = timedelta(minutes=10)
#: live scans by ref within the window: more than a laptop ever has under way when it stops
MOST_LIVE = 20
#: readings within a minute, by the corrected clock: one a second, without a pause
MOST_A_MINUTE = 60
#: the people of a bus come in within so long after their leader's badge
BUS_LASTS = timedelta(hours=1)


class Unusual(StrEnum):
    """What a device does unusually fast."""

    #: names badges without their codes
    REFS = "refs"
    #: searches for names, of people who are not let in then
    SEARCHES = "searches"


def refs_are_unusual(*, live: int, most_a_minute: int) -> bool:
    """Say whether a device names badges without their codes as no gate does.

    Args:
        live: the scans by ref that it asked to be decided at once, within the window.
        most_a_minute: the most that it says to have read within one minute.
    """
    return live > MOST_LIVE or most_a_minute > MOST_A_MINUTE
