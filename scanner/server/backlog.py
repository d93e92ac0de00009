"""Send the scans that wait on this device to the server."""

from __future__ import annotations

from collections.abc import Callable

from scanner.offline.spool import Waiting
from scanner.server.delivery import Delivery
from scanner.server.events import GateEvent, Uploaded


class Backlog:
    """Sends what waits, and reports how many scans were sent.

    Two kinds wait: scans that were decided here and not sent yet, and scans that an earlier run or
    a failed disk left without an answer.
    """

    def __init__(self, delivery: Delivery, tell: Callable[[GateEvent], None]) -> None:
        """Look up scans without an answer now, before the first scan of this run adds another."""
        self._delivery = delivery
        self._tell = tell
        self._cut_off = delivery.spool.undecided()

    def add(self, cut_off: Waiting) -> None:
        """Take a scan that is in the spool without an answer."""
        self._cut_off.append(cut_off)

    def resume(self) -> None:
        """Ask the server to decide the scans without an answer."""
        if count := self._delivery.resume(self._cut_off):
            self._tell(Uploaded(count))

    def drain(self) -> None:
        """Send the scans decided here, as long as the server answers."""
        if not self._delivery.link.online:
            return
        self._upload()
        if self._delivery.register():
            self._upload()

    def _upload(self) -> None:
        before, settled = len(self._delivery.spool.contradicted()), 0
        try:
            while (count := self._delivery.upload()) > 0:
                settled += count
        finally:
            if settled:
                contradicted = len(self._delivery.spool.contradicted()) - before
                self._tell(Uploaded(settled, contradicted))
