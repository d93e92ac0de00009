"""A laptop at a gate with the scanner's real parts, which reaches an application in process."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from checkin.db.engine import Database
from checkin.db.models import Event
from scanner.core.scan import Scan, Verdict
from scanner.gate.gate import Gate
from scanner.gate.volunteer_requests import VolunteerRequests
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.courier import Courier
from scanner.server.events import GateEvent
from tests.support import factories
from tests.support.servers.in_process import connected


class Laptop:
    """A paired laptop; its second thread runs once for each `round`.

    Attributes:
        told: everything that it showed.
    """

    def __init__(
        self, app: Flask, database: Database, event: Event, folder: Path, gate: str = "Porte 1"
    ) -> None:
        self.app, self.event, self.folder = app, event, folder / gate
        device = factories.a_new_device(database, event, gate)
        self.token, self.device_id = device.token, device.id
        self.place = {"id": device.gate_id, "name": device.gate_name}
        self.told: list[GateEvent] = []
        self.open()

    def open(self) -> None:
        """Start the scanner on what its disk holds."""
        client = Client("http://server", token=self.token)
        self.line = connected(client, self.app)
        self.gate = Gate(
            client=client,
            spool=Spool(self.folder, frame=client.clock.frame),
            held=HeldList(self.folder, event=self.event.slug),
            language="fr",
            type="entry",
            token=self.token,
            place=self.place,
            event={"slug": self.event.slug},
        )
        _, self.courier = self.gate.open(self.told.append)
        self._without_chance(self.courier)

    @property
    def requests(self) -> VolunteerRequests:
        """What a volunteer asks for by hand."""
        return VolunteerRequests(self.gate.client, self.courier.keep, self.courier.keep_newcomer)

    def _without_chance(self, courier: Courier) -> None:
        courier._backlog._jitter = lambda _low, _high: 0.0

    def close(self) -> None:
        """Switch the scanner off; its disk keeps what it has."""
        self.gate.close()

    def scan(self, code: str) -> Verdict:
        """Show a badge, and return what the gate says."""
        scan = Scan(code=code, scanned_at=self.gate.client.clock.now())
        self.gate.spool.put(scan)
        self.courier.deliver(scan)
        [verdict] = [v for v in self.told if isinstance(v, Verdict) and v.scan == scan]
        return verdict

    def rounds(self, count: int = 3) -> None:
        """Let its second thread run, with its heartbeat and a fresh list each time."""
        for _ in range(count):
            self.courier._next_status = self.courier._next_refresh = float("-inf")
            self.courier._next_question = float("-inf")
            self.courier.round()

    @property
    def to_offer(self) -> int:
        """Count what the present epoch has not acknowledged."""
        return self.gate.spool.acknowledged.count_to_offer()
