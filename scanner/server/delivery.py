"""Get the verdict of one scan, and send waiting scans to the server. No threads here.

A scan leaves the spool only when the server acknowledged its scan_id, or rejected it for good.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from checkin.domain.scanning.verdict import Source, Status
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import (
    NotKnownYet,
    RequestRejected,
    ServerFailed,
    ServerUnreachable,
    SpoolUnwritable,
    TooLarge,
)
from scanner.core.scan import ListedScan, Scan, Verdict, ref_of, tag_of
from scanner.offline.acknowledged import Acknowledgement
from scanner.offline.clock import shifted
from scanner.offline.decisions import OfflineGate
from scanner.offline.memory import Passage, passage_told
from scanner.offline.spool import LARGEST_BATCH, Contradicted, Spool, Waiting
from scanner.offline.walk_in import Newcomer, WalkIn, sealed_walk_in
from scanner.server.verdicts import fault_verdict, verdict_told


class Server(Protocol):
    """The methods of `Client` that delivery uses."""

    def post_scan(
        self, scan: Scan, device_time: datetime | None, *, listed: bool = False
    ) -> dict[str, Any]:
        """Send one scan, with the present time of the clock that dated it.

        Args:
            listed: this gate can decide it by its own list.

        Raises:
            NotKnownYet: it shall.
        """
        ...

    def post_batch(self, waiting: list[Waiting], device_time: datetime) -> list[dict[str, Any]]:
        """Send scans that were decided here, with the present time of the clock that dated them."""
        ...

    def register(self, walk_in: WalkIn) -> dict[str, Any]:
        """Register a walk-in who was let in here, and return {code, participant_id, …}."""
        ...


@dataclass
class Link:
    """Whether the server answered the last request; of a scan that it did not, the fault."""

    online: bool = True
    fault: ServerUnreachable | None = None


@dataclass
class Delivery:
    """Sends the scans of this device's spool to the server."""

    spool: Spool
    server: Server
    offline: OfflineGate
    link: Link = field(default_factory=Link)
    language: str = DEFAULT_LANGUAGE
    #: ids of scans on which the server failed: the others go before them
    _passed_over: set[str] = field(default_factory=set)
    #: so many scans go at once: fewer where something on the way takes no more
    _largest: int = LARGEST_BATCH
    #: what the server has acknowledged while the disk could not be written, with the clock's run
    _unkept: list[tuple[Scan, dict[str, Any], str]] = field(default_factory=list)

    def deliver(self, scan: Scan) -> Verdict:
        """Ask the server about a scan that is in the spool, and return the verdict.

        Raises:
            TokenRefused: the device was revoked; the scan stays in the spool.
        """
        # While a passage of this badge waits to be sent, its next scan is decided here, too: the
        # server then gets both in order, and nobody is admitted twice with one badge.
        if not self.link.online or self.spool.memory.waits(tag_of(scan)):
            return self._decide_here(scan)
        try:
            at, listed = self.offline.clock.now(), self.offline.lists(scan)
            reply = _named(scan, self.server.post_scan(scan, at, listed=listed))
        except NotKnownYet:
            return self._decide_here(scan)  # of this person alone: the hub answers
        except ServerUnreachable as fault:
            self.link.online, self.link.fault = False, fault
            return self._decide_here(scan)
        except RequestRejected as rejection:
            return self._set_aside(scan, rejection)
        # If the disk fails now the scan is sent again, and the server repeats its answer.
        with contextlib.suppress(SpoolUnwritable):
            self._acknowledged(scan, reply, self.offline.clock.frame)
        return verdict_told(scan, reply, self.language)

    def keep(self, scan: Scan, reply: dict[str, Any]) -> None:
        """Keep whom the reply to a scan counts that was not stored before it was sent."""
        told = (scan, reply, self.offline.clock.frame)
        try:
            self._acknowledged(*told)
        except SpoolUnwritable:
            self._unkept.append(told)

    def keep_newcomer(self, newcomer: Newcomer, reply: dict[str, Any]) -> None:
        """Keep a walk-in whom the server has registered at once, the name sealed for it alone.

        A gate that never was lent anything has no key for that, and keeps nobody.
        """
        if not (key := self.offline.walk_in_key()):
            return
        walk_in = sealed_walk_in(newcomer, Scan(code=""), key)
        with contextlib.suppress(SpoolUnwritable):
            self.spool.acknowledged.keep_walk_in(
                walk_in, ref_of(str(reply["code"])), str(reply.get("epoch", ""))
            )

    def keep_the_rest(self) -> None:
        """Keep what could not be kept, if the disk can be written now."""
        with contextlib.suppress(SpoolUnwritable):
            while self._unkept:
                self._acknowledged(*self._unkept[0])
                self._unkept.pop(0)

    def decide_here(self, scan: Scan) -> Verdict:
        """Decide a scan that is in the spool without asking the server."""
        return self._decide_here(scan)

    def decide_listed(self, scan: Scan) -> Verdict:
        """Decide on somebody whom a help desk found without the network.

        Raises:
            SpoolUnwritable: nothing could be kept, so nobody is let in.
        """
        self.spool.put(scan)
        return self._decide_here(scan)

    def admit(self, newcomer: Newcomer) -> Verdict:
        """Admit somebody without a badge on a place lent to this gate, or return why not.

        Raises:
            SpoolUnwritable: nothing could be kept, so nobody is let in.
        """
        scan = Scan(code="", source=Source.TYPED, scanned_at=self.offline.clock.now())
        # Two at once would use one lent place twice.
        with self.spool.memory.lock:
            answer = self.offline.walk_in(newcomer, scan)
            if answer.passage:
                walk_in = sealed_walk_in(newcomer, scan, self.offline.walk_in_key())
                self.spool.walk_ins.take_in(walk_in, answer.decided, answer.passage)
        return answer.verdict

    def register(self) -> int:
        """Register the walk-ins who were let in here; return how many entries now wait as scans.

        Raises:
            ServerUnreachable, TokenRefused: the rest stays.
        """
        registered = 0
        for walk_in in self.spool.walk_ins.all():
            try:
                reply = self.server.register(walk_in)
            except ServerFailed:
                continue  # they stay, and the others are sent before them
            except RequestRejected as fault:
                error = f"{fault.status} {fault.error}: {fault.detail}"
                self.spool.walk_ins.set_aside(walk_in, error)
                continue
            scan = replace(walk_in.scan, code=str(reply["code"]))
            self.spool.walk_ins.registered(
                walk_in,
                scan,
                tag_of(scan),
                int(reply["participant_id"]),
                str(reply.get("epoch", "")),
            )
            registered += 1
        return registered

    def register_again(self) -> None:
        """Register again the walk-ins whom another epoch of the server's database had registered.

        Raises:
            ServerUnreachable, TokenRefused: the rest stays.
        """
        acknowledged = self.spool.acknowledged
        for walk_in, old_ref in acknowledged.walk_ins_to_offer():
            try:
                reply = self.server.register(walk_in)
            except RequestRejected:  # it was used by this device under an earlier token
                acknowledged.heard([walk_in.id], acknowledged.epoch)
                continue
            ref, epoch = ref_of(str(reply["code"])), str(reply.get("epoch", ""))
            acknowledged.walk_in_is_back(walk_in, old_ref, ref, epoch)
            if epoch != acknowledged.epoch:
                return  # an old answer: it is asked again

    def offer(self) -> int:
        """Send one batch of what another epoch had acknowledged; return how many it settled.

        Raises:
            ComeLater: others' turn comes first.
            ServerUnreachable, TokenRefused: nothing was settled.
        """
        waiting = self.spool.offered()[: self._largest]
        return self._offer(waiting) if waiting else 0

    def upload(self) -> int:
        """Send one batch of the scans that were decided here; return how many it settled.

        Raises:
            ServerUnreachable: nothing was settled, the scans stay.
            TokenRefused: the device was revoked, the scans stay.
        """
        waiting = self.spool.decided(besides=self._passed_over)
        if not waiting:
            self._passed_over.clear()
            waiting = self.spool.decided()
        return self._upload(waiting[: self._largest]) if waiting else 0

    def resume(self, cut_off: list[Waiting]) -> int:
        """Send the scans that a crash interrupted before their verdict; return how many.

        The server decides them like new ones, or repeats its answer if it already has them. Of a
        badge that was shown again meanwhile and decided here, that later scan is sent first: the
        server would take one whom it has let in twice for a contradiction.

        Args:
            cut_off: the scans undecided when the spool was opened; settled ones are removed.

        Raises:
            ServerUnreachable: the rest stays.
            TokenRefused: the device was revoked, the rest stays.
        """
        count = 0
        for one in [*cut_off]:
            if not self.spool.memory.waits(tag_of(one.scan)) and self._resumed(one):
                cut_off.remove(one)
                count += 1
        return count

    def _resumed(self, one: Waiting) -> bool:
        if one.decided is not None:  # what was told could not be written down
            return self._upload([one]) > 0
        try:
            reply = self.server.post_scan(one.scan, self._time_in(one.frame))
            self._acknowledged(one.scan, reply, one.frame)
        except RequestRejected as rejection:
            self._set_aside(one.scan, rejection)
        return True

    def _upload(self, waiting: list[Waiting]) -> int:
        try:
            device_time = self._time_in(waiting[0].frame) or self.offline.clock.now()
            results = self.server.post_batch(waiting, device_time)
        except RequestRejected as rejection:
            return self._upload_apart(waiting, rejection)
        except TooLarge:
            if len(waiting) == 1:
                return self._pass_over(waiting)
            return self._upload(self._smaller(waiting))
        except ServerFailed:
            return self._pass_over(waiting)
        sent = {one.scan.scan_id: one for one in waiting}
        # Matched by scan_id: what came back in another order or not at all settles nothing else.
        ours = {r["scan_id"]: r for r in results if r.get("scan_id") in sent}
        for scan_id, result in ours.items():
            if result.get("error"):
                self.spool.set_aside(sent[scan_id].scan, str(result["error"]))
        self.spool.settle(
            ours,
            [_contradicted(sent[i], r) for i, r in ours.items() if _let_in(sent[i], r)],
            [_told(sent[i], r) for i, r in ours.items() if not r.get("error")],
        )
        return len(ours)

    def _offer(self, waiting: list[Waiting]) -> int:
        device_time = self._time_in(waiting[0].frame) or self.offline.clock.now()
        sent = {one.scan.scan_id: one for one in waiting}
        try:
            results = self.server.post_batch(waiting, device_time)
        except RequestRejected as rejection:
            return self._offer_apart(waiting, rejection)
        except TooLarge:
            if len(waiting) == 1:
                raise
            return self._offer(self._smaller(waiting))
        ours = {r["scan_id"]: r for r in results if r.get("scan_id") in sent}
        told = next(iter(ours.values()), {})
        for scan_id, result in ours.items():
            if result.get("error"):
                self.spool.set_aside(sent[scan_id].scan, str(result["error"]))
        self.spool.settle_offer(
            ours,
            [_contradicted(sent[i], r) for i, r in ours.items() if _let_in(sent[i], r)],
            str(told.get("epoch", "")),
            str(told.get("counter", "")),
        )
        return len(ours)

    def _offer_apart(self, waiting: list[Waiting], rejection: RequestRejected) -> int:
        if len(waiting) > 1:
            middle = len(waiting) // 2
            return self._offer(waiting[:middle]) + self._offer(waiting[middle:])
        [one] = waiting
        self._set_aside(one.scan, rejection)
        self.spool.acknowledged.heard([one.scan.scan_id], self.spool.acknowledged.epoch)
        return 1

    def _acknowledged(self, scan: Scan, reply: dict[str, Any], frame: str) -> None:
        """Drop a scan that the server has answered, and keep what it told."""
        told = [] if reply.get("rehearsal") is True else [_answered(scan, reply, frame)]
        self.spool.done([scan.scan_id], self._passage_in(scan, reply), told)

    def _time_in(self, frame: str) -> datetime | None:
        """Return what the clock of a run would show now; None if that run never measured its skew.

        With it the server computes that run's skew, and how long its scans have waited.

        Raises:
            ServerUnreachable: this run has not measured its own skew yet, so that it cannot tell
                how long ago that run was. The next answer of the server measures it.
        """
        clock = self.offline.clock
        if frame == clock.frame:
            return clock.now()
        skew_s = self.spool.skew_of(frame)
        if skew_s is None:
            return None
        if clock.skew_s is None:
            raise ServerUnreachable
        return shifted(clock.server_now(), skew_s)

    def _upload_apart(self, waiting: list[Waiting], rejection: RequestRejected) -> int:
        # One bad scan must not hold up the others: halve until it stands alone.
        if len(waiting) == 1:
            self._set_aside(waiting[0].scan, rejection)
            return 1
        middle = len(waiting) // 2
        return self._upload(waiting[:middle]) + self._upload(waiting[middle:])

    def _smaller(self, waiting: list[Waiting]) -> list[Waiting]:
        self._largest = len(waiting) // 2
        return waiting[: self._largest]

    def _pass_over(self, waiting: list[Waiting]) -> int:
        # The server fails on one of these: halve the batch to find it, and send the others first.
        if len(waiting) == 1:
            self._passed_over.add(waiting[0].scan.scan_id)
            return 0
        return self._upload(waiting[: len(waiting) // 2])

    def _decide_here(self, scan: Scan) -> Verdict:
        with self.spool.memory.lock:
            answer = self.offline.answer(scan)
            self.spool.decide(scan.scan_id, answer.decided, answer.passage)
        return answer.verdict

    def _passage_in(self, scan: Scan, reply: dict[str, Any]) -> Passage | None:
        at = self.offline.clock.corrected(scan.scanned_at)
        return passage_told(scan, tag_of(scan), reply, at, self.offline.gate_name)

    def _set_aside(self, scan: Scan, rejection: RequestRejected) -> Verdict:
        self.spool.set_aside(scan, f"{rejection.status} {rejection.error}: {rejection.detail}")
        return fault_verdict(scan, rejection, self.language)


def _named(scan: Scan, reply: dict[str, Any]) -> dict[str, Any]:
    """Return a reply with whom it is about, where the list of a bus tells it and not the server."""
    if not isinstance(scan, ListedScan) or reply.get("participant"):
        return reply
    return reply | {
        "participant": scan.content["participant"],
        "delegation": scan.content["delegation"],
    }


def _answered(scan: Scan, reply: dict[str, Any], frame: str) -> Acknowledgement:
    return Acknowledgement(
        scan,
        {"status": reply["status"], "reason": reply.get("reason")},
        frame,
        epoch=str(reply.get("epoch", "")),
        counter=str(reply.get("counter", "")),
        delegation_id=(reply.get("delegation") or {}).get("id"),
    )


def _told(one: Waiting, result: dict[str, Any]) -> Acknowledgement:
    return Acknowledgement(
        one.scan,
        one.decided or {},
        one.frame,
        epoch=str(result.get("epoch", "")),
        counter=str(result.get("counter", "")),
        lease_id=one.lease_id,
        delegation_id=one.delegation_id,
    )


def _let_in(one: Waiting, result: dict[str, Any]) -> bool:
    """Say whether a person was let in here whom the server refuses."""
    let_in = one.decided is not None and one.decided["status"] == Status.OK
    return let_in and not result.get("error") and result.get("status") == Status.ERROR


def _contradicted(one: Waiting, result: dict[str, Any]) -> Contradicted:
    return Contradicted(one.scan.scan_id, result.get("reason"), one.scan.scanned_at)
