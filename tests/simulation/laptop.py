"""The laptop of a gate: the real parts of a scanner, on a disk and a connection that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag, open_entry
from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan, Verdict
from scanner.gate.station import Station
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.courier import Courier, GateEvent
from scanner.server.delivery import Delivery
from scanner.server.places import Places
from scanner.server.refresh import Refresh
from tests.simulation.disk import Disk, PowerCut
from tests.simulation.network import FaultyConnection
from tests.simulation.server import Time

_FOLDER = Path("gate")


@dataclass(frozen=True)
class Told:
    """A verdict that was shown.

    Attributes:
        cursor: of the newest gate list that the gate had by then; 0 for none.
        standing: of the person, as the list at hand said; None where it knew no such badge.
        safe: the scan would survive a power cut now.
    """

    gate: str
    verdict: Verdict
    cursor: int
    standing: str | None
    safe: bool
    at: datetime


@dataclass
class Laptop:
    """A laptop at a gate.

    Attributes:
        accepted: scans that the station said it keeps, by the true time of their reading.
        undone: scans that somebody wanted to take back.
        came: scans of people without a badge who were let in here, by their names.
        wall_off_s: how wrong the computer's wall clock is.
    """

    name: str
    token: str
    time: Time
    connection: FaultyConnection
    random: Random
    disk: Disk = field(default_factory=Disk)
    told: list[Told] = field(default_factory=list)
    accepted: dict[str, datetime] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    came: dict[str, str] = field(default_factory=dict)
    troubled: bool = False
    wall_off_s: float = 0.0
    crash_in: int | None = None
    newest_cursor: int = 0

    def __post_init__(self) -> None:
        self.disk.interrupt = self.connection.interrupt = self._maybe_stop
        self._is_on = False
        self._frames: dict[str, str] = {}
        self._clocks: dict[str, DeviceClock] = {}

    @property
    def measured(self) -> set[str]:
        """Return the scans whose run measured its clock, before or after reading them."""
        return {
            scan_id
            for scan_id, frame in self._frames.items()
            if self.spool.skew_of(frame) is not None or self._clocks[frame] is self._clock
        }

    @property
    def spent(self) -> list[tuple[str, str, bool, bool]]:
        """Return the admissions by a lease: scan_id, lease, and if a place and a seat were used."""
        found = self.spool._file.rows(
            "SELECT scan_id, charged_to, place, seat FROM passages WHERE charged_to IS NOT NULL"
        )
        return [(str(i), str(lease), bool(place), bool(seat)) for i, lease, place, seat in found]

    def refs_waiting(self) -> list[str]:
        """Return the badges whose scans wait to be uploaded."""
        return [one.scan.badge_ref for one in self.spool.decided()] if self._is_on else []

    def switch_off(self) -> None:
        """Cut the laptop's power."""
        self.disk.cut_power()
        self._is_on = False

    @property
    def unsettled(self) -> int:
        """Count what the server has not taken."""
        self._alive(lambda: None)
        return self.spool.waiting_count() if self._is_on else 1

    def _alive(self, work: Callable[[], None]) -> None:
        try:
            if not self._is_on:
                self._switch_on()
            work()
        except PowerCut:
            self.switch_off()

    def _switch_on(self) -> None:
        try:
            self._open()
        except SpoolUnwritable:  # a full disk: the volunteer is told and tries again
            self.disk.cut_power()
            raise PowerCut from None
        self._is_on = True

    def _open(self) -> None:
        first = Spool(_FOLDER, connect=self.disk.connect)
        kept_skew_s = first.last_skew()
        first.close()
        self.held = HeldList(_FOLDER, connect=self.disk.connect)
        clock = self._clock = DeviceClock(
            lambda: self.time.now + timedelta(seconds=self.wall_off_s),
            lambda: self.time.elapsed_s,
            kept_skew_s=kept_skew_s,
            floor=self.held.confirmed_at(),
        )
        self._clocks[clock.frame] = clock
        self.spool = Spool(_FOLDER, frame=clock.frame, connect=self.disk.connect)
        client = self._client = self._new_client(clock)
        client._session.mount("http://", self.connection)
        client.epochs = self.spool.acknowledged
        offline = OfflineGate(self.held, self.spool.memory, clock, {"name": self.name})
        delivery = Delivery(self.spool, client, offline)
        refresh = Refresh(client, self.held, self.spool, clock)
        self._courier = Courier(
            *(delivery, client, refresh, self._tell, self._wipe), self.name, self._places_of(client)
        )
        self._courier._backlog._jitter = self.random.uniform
        self._station = Station(self.spool, self._submit, self._tell, clock=clock.now)

    def _new_client(self, clock: DeviceClock) -> Client:
        return Client("http://server", token=self.token, clock=clock)

    def _places_of(self, _client: Client) -> Places | None:
        return None

    def _wipe(self) -> None:
        """Erase nothing."""

    def _submit(self, scan: Scan) -> None:
        self.accepted[scan.scan_id] = self.time.now
        self._frames[scan.scan_id] = self._clock.frame
        self._courier.deliver(scan)

    def _tell(self, gate_event: GateEvent) -> None:
        if not isinstance(gate_event, Verdict):
            return
        self.newest_cursor = max(self.newest_cursor, self.held.held().cursor)
        safe = self.disk.holds(gate_event.scan.scan_id) or bool(
            self.connection.delivered.get(gate_event.scan.scan_id)
        )
        self.troubled |= gate_event.fault is not None or self.disk.is_full
        standing = self._standing(gate_event.scan.code)
        self.told.append(
            Told(self.name, gate_event, self.newest_cursor, standing, safe, self.time.now)
        )

    def _standing(self, code: str) -> str | None:
        token = parse_code(code)
        if token is None:  # who has no badge has no place either
            return RegistrationStatus.RESERVE
        entry = self.held.entry(badge_tag(token))
        content = open_entry(token, entry) if entry else None
        return content and content["standing"]

    def _maybe_stop(self) -> None:
        if self.crash_in is None:
            return
        self.crash_in -= 1
        if self.crash_in < 0:
            self.crash_in = None
            raise PowerCut
