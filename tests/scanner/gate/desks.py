"""A help desk's parts as the window puts them together, and a server that is away or answers."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

from scanner.core.errors import RequestRejected, ServerUnreachable
from scanner.gate.desk_requests import Desk, DeskRequests
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.help_desk import HelpDesk
from scanner.offline.spool import Spool
from scanner.server.delivery import Delivery, Link
from tests.scanner.offline.lists import NOON, a_list
from tests.scanner.offline.people import a_listed, a_people_list

GATE = {"id": 7, "name": "Accueil"}
PEOPLE = [
    a_listed(1, phone="+212612345678", bus="Car 3", bus_id=3, leads_bus=True, refs=["01" * 16]),
    a_listed(2, standing="canceled"),
    a_listed(3, blocked=True, bus="Car 3", bus_id=3, leads_bus=False, refs=["03" * 16]),
]


class Server:
    """A server that answers searches, scans and requests for a badge, or is away."""

    def __init__(self):
        self.away = True
        self.scans = []
        self.badges = []  # what was sent to have one replaced
        self.reaches = True  # whether a message reaches who gets one
        self.pin = ""  # what replacing takes
        self.buses = []  # that a search finds, too

    def _answers(self):
        if self.away:
            raise ServerUnreachable

    def post_scan(self, scan):
        self.scans.append(scan)
        self._answers()
        return {"scan_id": scan.scan_id, "status": "ok", "reason": None, "message": "ok"}

    def post(self, path, body, **_how):
        self._answers()
        if path == "participants/search":
            person = {"id": 1, "name": "Amina 1", "status": "confirmed"}
            return {"participants": [person], "more": 0, "buses": self.buses}
        if body.get("supervisor_pin", "") != self.pin:
            raise RequestRejected(403, "pin_needed", "a PIN is needed")
        self.badges.append(body)
        told = body["tell"] and self.reaches
        return {"path": path, "issue": 2, "pdf": b64encode(b"%PDF").decode(), "told": told}


class DeskUnderTest:
    """The parts of a help desk as the window puts them together."""

    def __init__(self, folder, **policy):
        clock = DeviceClock(lambda: datetime.now(UTC))
        self.spool, self.held = Spool(folder, frame=clock.frame), HeldList(folder, event="rabat")
        self.held.take(a_list(at=NOON, **policy))
        self.people = HelpDesk(folder, self.held, clock)
        self.people.is_one = True
        self.server, self.link = Server(), Link(online=False)
        offline = OfflineGate(self.held, self.spool.memory, clock, GATE, "fr", self.people)
        self.delivery = Delivery(self.spool, self.server, offline, self.link, "fr")
        desk = Desk(self.people, offline.came_today, self.link, self.delivery.decide_listed)
        keeps_nothing = (lambda *_told: None, lambda *_told: None)
        self.requests = DeskRequests(self.server, *keeps_nothing, desk, clock.now)

    def open(self):
        """Lend the desk its key and people."""
        reply, pages = a_people_list(PEOPLE)
        self.people.take_list(reply)
        self.people.take_pages(pages)
        self.people.read()
        return self

    def let_in(self, name):
        """Find somebody by their whole name, and return the verdict."""
        [person, *_] = self.requests.search(name).people
        return self.requests.admit(person, "entry")

    def close(self):
        for part in (self.people, self.held, self.spool):
            part.close()
