"""A simulated gate: its laptop, and what people do there."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import Any

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Status
from scanner.core.errors import ServerUnreachable, SpoolUnwritable
from scanner.gate.station import Sight
from scanner.gate.volunteer_requests import ForcedScan, VolunteerRequests
from scanner.offline.walk_in import Newcomer
from tests.simulation.laptop import Laptop
from tests.support.factories import PIN


@dataclass
class Gate(Laptop):
    """A gate and its laptop; while a crash is planned, any action may end in it."""

    def show(self, code: str, direction: str = Direction.ENTRY) -> None:
        """Hold a badge before the camera."""
        self._alive(lambda: self._show(code, direction))

    def let_walk_in(self, name: str, delegation: dict[str, Any]) -> None:
        """Let somebody without a badge try to come in; the server is asked first."""
        self._alive(lambda: self._let_walk_in(Newcomer.named(name, delegation)))

    def tend(self) -> None:
        """Run the second thread once."""
        self._alive(self._round)

    def undo(self) -> None:
        """Take back the last person let in."""
        let_in = [one.verdict for one in self.told if one.verdict.status == Status.OK]
        if let_in and let_in[-1].scan.type == Direction.ENTRY:
            scan_id = let_in[-1].scan.scan_id
            self.undone.add(scan_id)  # whether it came through or not: nobody knows
            self._alive(lambda: self._courier._annul(scan_id, "passed back"))

    def override(self, code: str) -> None:
        """Admit a refused person by a supervisor's override, which needs the server."""

        def ask() -> None:
            scan = ForcedScan(code, reason="sent by the committee", pin=PIN)
            with contextlib.suppress(ServerUnreachable):
                self._courier.keep(scan, self._client.post_scan(scan))

        self._alive(ask)

    def go_home(self) -> None:
        """Close the scanner as at the end of the day."""

        def close() -> None:
            self._courier._guarded(self._courier._backlog.drain)
            self._courier._guarded(self._courier._return_lease)

        self._alive(close)
        if self._is_on:
            self.switch_off()

    def lose_a_renewal(self) -> None:
        """Ask for a new lease, and lose its answer and everything after it."""

        def ask() -> None:
            self._courier._next_refresh = -math.inf
            self.connection.lost = "/leases"
            self._round()

        self._alive(ask)
        self.connection.lost, self.connection.is_cut = "", True

    def tend_while_someone_comes(self, code: str) -> None:
        """Run the second thread once, and show a badge while its batch is being sent."""
        self.connection.meanwhile = lambda: self._show(code, Direction.ENTRY)
        self.tend()
        self.connection.meanwhile = None

    def _round(self) -> None:
        self._courier.round()

    def _show(self, code: str, direction: str) -> None:
        if self._station.type != direction:
            self._station.turn()
        if self._station.saw(code, self.time.elapsed_s * 100) == Sight.NOT_KEPT:
            self.troubled = True

    def _let_walk_in(self, newcomer: Newcomer) -> None:
        if self.random.random() < 0.5:  # else the gate knows that it is offline
            with contextlib.suppress(ServerUnreachable):
                requests = VolunteerRequests(
                    self._client, self._courier.keep, self._courier.keep_newcomer
                )
                code = requests.register_walk_in(newcomer, again=True)
                return self._show(code, Direction.ENTRY)
        with contextlib.suppress(SpoolUnwritable):
            verdict = self._courier.admit(newcomer)
            if verdict.status == Status.OK:
                scan_id = self.came[newcomer.name] = verdict.scan.scan_id
                self.accepted[scan_id] = self.time.now
                self._frames[scan_id] = self._clock.frame
            self._tell(verdict)
        return None
