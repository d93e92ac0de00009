"""What waits at this device, on its way to the server."""

from __future__ import annotations

from collections.abc import Callable

from scanner.offline.spool import Waiting
from scanner.server.delivery import Delivery
from scanner.server.events import GateEvent, Uploaded


class Backlog:
    """Sends what waits; how much went is told.

    Two things wait: scans that were decided here and the server has yet to hear of, and scans that
    an earlier run, or a disk that failed, left without an answer.
    """

    def __init__(self, delivery: Delivery, tell: Callable[[GateEvent], None]) -> None:
        """Look up what has no answer: before the first scan of this run, which has none either."""
        self._delivery = delivery
        self._tell = tell
        self._cut_off = delivery.spool.undecided()

    def add(self, cut_off: Waiting) -> None:
        """Take a scan that is in the spool without an answer."""
        self._cut_off.append(cut_off)

    def resume(self) -> None:
        """Give those without an answer theirs."""
        if count := self._delivery.resume(self._cut_off):
            self._tell(Uploaded(count))

    def drain(self) -> None:
        """Send what was decided here, as long as the server answers."""
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
