"""What the window shows while nobody comes: how the doors stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checkin.domain.scanning.timetable import doors_at
from scanner.offline.local_facts import posted_hours
from scanner.window.clock import clock_time, minutes_text
from scanner.words import say

#: nobody came for so long
IDLE_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class IdleGate:
    """How an idle gate stands; equal values look the same.

    Attributes:
        is_open: the doors are open; None while the gate holds no list.
        until: when that changes, by the event's clocks; empty: it is not planned to.
        minutes: until then, rounded up.
    """

    is_open: bool | None = None
    until: str = ""
    minutes: int = 0

    def sentence(self, language: str) -> str:
        """Say how the doors stand."""
        if self.is_open is None:
            return ""
        if not self.until:
            return say(language, "doors_open" if self.is_open else "doors_closed")
        if self.is_open:
            return say(language, "doors_until", time=self.until)
        return say(language, "doors_in", span=minutes_text(language, self.minutes), time=self.until)


def idle_gate(
    policy: Mapping[str, Any] | None, gate_id: int | None, timezone: str, now: datetime
) -> IdleGate:
    """Return how an idle gate stands.

    Args:
        policy: of the gate list; None while there is none.
    """
    if policy is None:
        return IdleGate()
    doors = doors_at(*posted_hours(policy), now, gate_id)
    if doors.until is None:
        return IdleGate(doors.is_open)
    minutes = -((now - doors.until) // timedelta(minutes=1))
    return IdleGate(doors.is_open, clock_time(doors.until.isoformat(), timezone), minutes)
