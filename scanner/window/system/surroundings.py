"""What the window looks at by itself now and then: the battery, and whether the gate is idle."""

from __future__ import annotations

import math
from dataclasses import replace

from scanner.core.battery import battery
from scanner.core.scan import Verdict
from scanner.gate.gate import Gate
from scanner.window.idle import IDLE_AFTER_S, IdleGate, idle_gate
from scanner.window.state import Screen

_EVERY_S = 5.0


class Surroundings:
    """Keeps battery and idleness of one gate up to date on its screen."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._busy_until_s = -math.inf
        self._looks_at_s = -math.inf

    def note(self, verdict: Verdict, now_s: float) -> None:
        """Take note of a scan; practice that no camera saw leaves an idle gate idle."""
        if verdict.scan.code or not verdict.rehearsal:
            self._busy_until_s = now_s + IDLE_AFTER_S
            self._looks_at_s = now_s

    def look(self, screen: Screen, now_s: float) -> Screen:
        """Return the screen with what is seen now; nothing new within some seconds."""
        if now_s < self._looks_at_s:
            return screen
        self._looks_at_s = now_s + _EVERY_S
        power = battery()
        is_idle = now_s >= self._busy_until_s
        return replace(
            screen,
            low_battery=power.low_percent if power else None,
            idle=self._idle(screen) if is_idle else None,
        )

    def _idle(self, screen: Screen) -> IdleGate:
        held, now = self._gate.held, self._gate.client.clock.server_now()
        policy = held.policy() if held.is_there else None
        return idle_gate(policy, screen.gate_id, screen.timezone, now)
