"""The threads that talk to the server, so that neither camera nor screen ever waits for it."""

from __future__ import annotations

import contextlib
import functools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from scanner.delivery import Delivery, fault_verdict
from scanner.errors import RequestRejected, ScannerError, ServerUnreachable, TokenRefused
from scanner.scan import Scan, Verdict

ROUND_S = 1.0
STATUS_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Scans that had waited and are now with the server."""

    count: int


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """The state of the line to the server; `counts` is the body of `/status` when it was read."""

    online: bool
    counts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The scanner cannot go on."""

    fault: ScannerError


@dataclass(frozen=True, slots=True)
class Annulled:
    """How taking back a scan went: `outcome` is a key in `words`."""

    scan_id: str
    outcome: str


Happening = Verdict | Uploaded | LinkSeen | Stopped | Annulled


class Server(Protocol):
    """What the courier itself asks of the client."""

    def status(self) -> dict[str, Any]:
        """Read the live counts: the heartbeat of the line."""
        ...

    def annul(self, scan_id: str, reason: str) -> None:
        """Take back a scan."""
        ...


class Courier:
    """Delivers new scans on one thread; what waited and the heartbeat go on another.

    Two threads, because a batch of old scans must never make the person at the door wait.
    """

    def __init__(
        self, delivery: Delivery, server: Server, tell: Callable[[Happening], None]
    ) -> None:
        """Make the courier; `start` starts it.

        Args:
            tell: called from both threads with everything that happens.
        """
        self._delivery = delivery
        self._server = server
        self._tell = tell
        self._fresh: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._over = threading.Event()
        # Looked up before the first scan of this run, which will be undecided for a moment too.
        self._cut_off = delivery.spool.undecided()
        self._next_status = 0.0
        self._threads = [
            threading.Thread(target=self._deliver_fresh, name="deliver", daemon=True),
            threading.Thread(target=self._tend, name="tend", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def submit(self, scan: Scan) -> None:
        """Take a scan that is safe in the spool; its verdict comes through `tell`."""
        self._fresh.put(functools.partial(self._deliver, scan))

    def annul(self, scan_id: str, reason: str) -> None:
        """Take back a scan; how it went comes through `tell`."""
        self._fresh.put(functools.partial(self._annul, scan_id, reason))

    def finish(self) -> None:
        """Deliver what was submitted, try once to send what waits, and stop."""
        self._fresh.put(None)
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._guarded(self._resume)
        self._guarded(self._drain)

    def _deliver_fresh(self) -> None:
        while (work := self._fresh.get()) is not None:
            work()

    def _deliver(self, scan: Scan) -> None:
        try:
            self._tell(self._delivery.deliver(scan))
        except ScannerError as fault:
            self._tell(fault_verdict(scan, fault, self._delivery.language))
            if isinstance(fault, TokenRefused):
                self._tell(Stopped(fault))

    def _annul(self, scan_id: str, reason: str) -> None:
        try:
            self._server.annul(scan_id, reason)
            self._tell(Annulled(scan_id, "annulled"))
        except RequestRejected:
            self._tell(Annulled(scan_id, "annul_refused"))
        except ScannerError:
            self._tell(Annulled(scan_id, "annul_offline"))

    def _tend(self) -> None:
        while not self._over.wait(ROUND_S):
            self._guarded(self._heartbeat)
            self._guarded(self._resume)
            self._guarded(self._drain)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ServerUnreachable:
            self._line(online=False)
        except ScannerError as fault:
            self._over.set()
            self._tell(Stopped(fault))

    def _heartbeat(self) -> None:
        now = time.monotonic()
        if self._delivery.link.online and now < self._next_status:
            return
        counts = None
        with contextlib.suppress(RequestRejected):  # a server that will not say is there too
            counts = self._server.status()
        self._next_status = now + STATUS_EVERY_S
        self._line(online=True, counts=counts)

    def _drain(self) -> None:
        settled = 0
        while (count := self._delivery.upload()) > 0:
            settled += count
        if settled:
            self._tell(Uploaded(settled))

    def _resume(self) -> None:
        if count := self._delivery.resume(self._cut_off):
            self._tell(Uploaded(count))

    def _line(self, *, online: bool, counts: dict[str, Any] | None = None) -> None:
        self._delivery.link.online = online
        self._tell(LinkSeen(online, counts))
