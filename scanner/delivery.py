"""How one scan gets its verdict, and how those that waited reach the server. No threads here.

A scan leaves the spool in two ways only: the server acknowledged its very scan_id, or said that it
will never take it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Protocol

from checkin.domain.messages import verdict_message
from checkin.domain.verdicts import Status
from scanner.errors import RequestRejected, ScannerError, ServerUnreachable, SpoolUnwritable
from scanner.scan import Scan, Verdict
from scanner.spool import Spool, Waiting
from scanner.words import say


class Server(Protocol):
    """What delivery needs of the client."""

    def post_scan(self, scan: Scan) -> dict[str, Any]:
        """Send one scan."""
        ...

    def post_batch(self, waiting: list[Waiting]) -> list[dict[str, Any]]:
        """Send scans that were decided here."""
        ...


@dataclass
class Link:
    """Whether the server answered last time."""

    online: bool = True


@dataclass
class Delivery:
    """The way from this device's spool to the server."""

    spool: Spool
    server: Server
    link: Link = field(default_factory=Link)
    language: str = "fr"

    def deliver(self, scan: Scan) -> Verdict:
        """Ask the server about a scan that is in the spool, and return what the door says.

        Raises:
            TokenRefused: the device was revoked; the scan stays in the spool.
        """
        if not self.link.online:
            return self._kept(scan)
        try:
            reply = self.server.post_scan(scan)
        except ServerUnreachable:
            self.link.online = False
            return self._kept(scan)
        except RequestRejected as rejection:
            return self._set_aside(scan, rejection)
        # A disk that fails now costs a second sending, which the server answers as before.
        with contextlib.suppress(SpoolUnwritable):
            self.spool.done([scan.scan_id])
        return self._from_reply(scan, reply)

    def upload(self) -> int:
        """Send one batch of the scans that were decided here; return how many it settled.

        Raises:
            ServerUnreachable: nothing was settled, the scans stay.
            TokenRefused: the device was revoked, the scans stay.
        """
        waiting = self.spool.decided()
        return self._upload(waiting) if waiting else 0

    def resume(self, cut_off: list[Waiting]) -> int:
        """Send the scans that a crash cut off before their verdict; return how many.

        The server decides them like new ones, and answers as before if it already had them.

        Args:
            cut_off: what was undecided when the spool was opened; what is settled is taken out.

        Raises:
            ServerUnreachable: the rest stays.
            TokenRefused: the device was revoked, the rest stays.
        """
        count = 0
        while cut_off:
            scan = cut_off[0].scan
            try:
                self.server.post_scan(scan)
                self.spool.done([scan.scan_id])
            except RequestRejected as rejection:
                self._set_aside(scan, rejection)
            cut_off.pop(0)
            count += 1
        return count

    def _upload(self, waiting: list[Waiting]) -> int:
        try:
            results = self.server.post_batch(waiting)
        except RequestRejected as rejection:
            return self._upload_apart(waiting, rejection)
        sent = {one.scan.scan_id: one.scan for one in waiting}
        ours = [result for result in results if result.get("scan_id") in sent]
        for result in ours:
            if result.get("error"):
                self.spool.set_aside(sent[result["scan_id"]], str(result["error"]))
        self.spool.done(result["scan_id"] for result in ours)
        return len(ours)

    def _upload_apart(self, waiting: list[Waiting], rejection: RequestRejected) -> int:
        # One bad scan must not hold up the others: halve until it stands alone.
        if len(waiting) == 1:
            self._set_aside(waiting[0].scan, rejection)
            return 1
        middle = len(waiting) // 2
        return self._upload(waiting[:middle]) + self._upload(waiting[middle:])

    def _kept(self, scan: Scan) -> Verdict:
        decided = decided_without_list()
        self.spool.decide(scan.scan_id, decided)
        message = say(self.language, "kept")
        return Verdict(scan, decided["status"], decided["reason"], message, offline=True)

    def _set_aside(self, scan: Scan, rejection: RequestRejected) -> Verdict:
        self.spool.set_aside(scan, f"{rejection.status} {rejection.error}: {rejection.detail}")
        return fault_verdict(scan, rejection, self.language)

    def _from_reply(self, scan: Scan, reply: dict[str, Any]) -> Verdict:
        status, reason = str(reply["status"]), reply.get("reason")
        return Verdict(
            scan,
            status,
            reason,
            reply.get("message") or verdict_message(status, reason, self.language, scan.type),
            participant=reply.get("participant"),
            delegation=reply.get("delegation"),
            first_admission=reply.get("first_admission"),
        )


def decided_without_list() -> dict[str, Any]:
    """Return what this device answers when it can ask nobody.

    It has no list of badges yet, only the code's check characters: the person is taken in as
    "to be confirmed", shown blue and never green.
    """
    return {"status": str(Status.OK), "reason": None}


def fault_verdict(scan: Scan, fault: ScannerError, language: str) -> Verdict:
    """Return the red verdict of a scan that could not be decided because of `fault`."""
    message = say(language, fault.code, **fault.details)
    return Verdict(scan, Status.ERROR, None, message, fault=(fault.code, fault.details))
