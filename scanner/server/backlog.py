"""Send the scans that wait on this device to the server."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from scanner.core.errors import ComeLater, ServerFailed
from scanner.offline.spool import Waiting
from scanner.server.delivery import Delivery
from scanner.server.events import GateEvent, OfferedAgain, SentAgain, Uploaded

#: between these, in seconds, the first batch is offered again, and each further one
_FIRST_OFFER_S = (0.0, 5.0)
_NEXT_OFFER_S = (0.5, 2.0)
_AFTER_A_FAILURE_S = 30.0


class Backlog:
    """Sends what waits, and reports how many scans were sent.

    Two kinds wait: scans that were decided here and not sent yet, and scans that an earlier run or
    a failed disk left without an answer.
    """

    def __init__(
        self,
        delivery: Delivery,
        tell: Callable[[GateEvent], None],
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Look up scans without an answer now, before the first scan of this run adds another."""
        self._delivery = delivery
        self._tell = tell
        self._cut_off = delivery.spool.undecided()
        self._jitter = jitter
        self._next_offer_s: float | None = None
        self._offered = 0

    def add(self, cut_off: Waiting) -> None:
        """Take a scan that is in the spool without what was told about it."""
        self._cut_off.append(cut_off)

    def send_again(self) -> int:
        """Let what was set aside wait again, as history; return how many scans that are."""
        count = self._delivery.spool.set_aside_count()
        self._delivery.spool.send_again()
        if count:
            self._tell(SentAgain(count))
        return count

    def note_status(self, counts: dict[str, Any]) -> None:
        """Send again what was set aside if an organiser asks for it, or the server is a new one."""
        spool, device = self._delivery.spool, counts.get("device") or {}
        said = {"send_again": device.get("send_again"), "version": counts.get("version")}
        new = {name: str(value) for name, value in said.items() if value}
        new = {name: value for name, value in new.items() if value != spool.told(name)}
        for name, value in new.items():
            spool.keep_told(name, value)
        if new:
            self.send_again()

    def resume(self) -> None:
        """Ask the server to decide the scans without an answer."""
        if count := self._delivery.resume(self._cut_off):
            self._tell(Uploaded(count))

    def drain(self) -> None:
        """Send the scans decided here, as long as the server answers."""
        self._delivery.keep_the_rest()
        if not self._delivery.link.online:
            return
        self._delivery.register_again()  # scans that wait may name a badge that a restore has lost
        self._upload()
        if self._delivery.register():
            self._upload()

    def offer(self, elapsed_s: float) -> None:
        """Offer again what a restored server has lost: one batch a turn, behind all that waits.

        Args:
            elapsed_s: now, in seconds of the device's steady clock.
        """
        spool = self._delivery.spool
        if not self._delivery.link.online or spool.decided_count():
            return
        if not spool.acknowledged.count_to_offer():
            self._say_offered()
            self._next_offer_s = None
            return
        if self._next_offer_s is None:  # a restored server meets all gates in the same seconds
            self._next_offer_s = elapsed_s + self._jitter(*_FIRST_OFFER_S)
        if elapsed_s < self._next_offer_s:
            return
        try:
            self._offered += self._delivery.offer()
            self._next_offer_s = elapsed_s + self._jitter(*_NEXT_OFFER_S)
        except ServerFailed:  # on one of these: live scans go on, and these come again
            self._next_offer_s = elapsed_s + _AFTER_A_FAILURE_S
        except ComeLater as later:
            wait_s = float(str(later.details["wait_s"]))
            self._next_offer_s = elapsed_s + wait_s * self._jitter(1, 1.5)

    def bring_all(self) -> None:
        """Send all that this device holds to a server that has just taken it back.

        Raises:
            ServerUnreachable, TokenRefused: the rest stays.
        """
        self.resume()
        self._delivery.register_again()
        self._upload()
        self._delivery.register()
        self._upload()
        self._offer_all()
        self._say_offered()

    def _offer_all(self) -> None:
        left = self._delivery.spool.acknowledged.count_to_offer()
        while left:
            try:
                self._offered += self._delivery.offer()
            except ServerFailed:  # on one of these: they come again behind live scans
                return
            before, left = left, self._delivery.spool.acknowledged.count_to_offer()
            if left >= before:  # an answer of another epoch: they come again, too
                return

    def _say_offered(self) -> None:
        if self._offered:
            self._tell(OfferedAgain(self._offered))
            self._offered = 0

    def _upload(self) -> None:
        before, settled = len(self._delivery.spool.contradicted()), 0
        try:
            while (count := self._delivery.upload()) > 0:
                settled += count
        finally:
            if settled:
                contradicted = len(self._delivery.spool.contradicted()) - before
                self._tell(Uploaded(settled, contradicted))
