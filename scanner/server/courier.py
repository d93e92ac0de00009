"""The threads that talk to the server, so that neither camera nor screen ever waits for it."""

from __future__ import annotations

import contextlib
import functools
import math
import queue
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from scanner.core.errors import (
    AnsweredByAnother,
    CertificateRefused,
    DeviceWiped,
    NotKnownAnyMore,
    RequestRejected,
    ScannerError,
    ServerUnreachable,
    SpoolUnwritable,
    TokenRefused,
    WipeFailed,
)
from scanner.core.scan import ListedScan, Scan, Verdict
from scanner.offline.decisions import OfflineGate
from scanner.offline.spool import Waiting, what_was_told
from scanner.offline.walk_in import Newcomer
from scanner.server.backlog import Backlog
from scanner.server.deadline import within
from scanner.server.delivery import Delivery
from scanner.server.events import Annulled, GateEvent, LinkSeen, Stopped, Trouble
from scanner.server.places import LEARN_EVERY_S, LOOK_ALONE_EVERY_S, LOOK_EVERY_S, Places
from scanner.server.refresh import EVERY_S, Refresh
from scanner.server.verdicts import fault_verdict

ROUND_S = 1.0
#: what answers in the server's place is told again after this time
_SAID_FOR_S = 60.0
STATUS_EVERY_S = 10.0
#: nobody waits longer for a laptop to be closed
GOODBYE_S = 1.0


class Return(StrEnum):
    """Where a device is on its way back to a server that does not know it any more."""

    NOT_NEEDED = "not_needed"
    ASKED = "asked"
    BRINGS = "brings"


class Server(Protocol):
    """The methods of `Client` that the courier uses."""

    def status(
        self, waiting: int | None = None, more: Mapping[str, object] = ...
    ) -> dict[str, Any]:
        """Read the live counts and tell how many scans wait; sent regularly as a heartbeat."""
        ...

    def annul(self, scan_id: str, reason: str) -> None:
        """Take back a scan."""
        ...

    def annul_bus(self, scan_ids: Sequence[str], reason: str) -> list[str]:
        """Take back the scans of a bus in one act; return the ids of those that are."""
        ...

    def return_lease(self, lease_id: str) -> None:
        """Give the lent places back."""
        ...

    def hubs(self) -> dict[str, Any]:
        """Return the certificates of the event's hubs."""
        ...

    def ask_to_return(self, name: str, gate: dict[str, Any], event: str, held: int) -> bool:
        """Ask a server that does not know this device to take it back; say whether it did."""
        ...


class Courier:
    """Delivers new scans on one thread; waiting scans and the heartbeat use another.

    Two threads, because a batch of old scans must never make the person at the gate wait. A third
    one fetches the segments of a long list, so that neither waits for a slow line.
    """

    def __init__(
        self,
        delivery: Delivery,
        server: Server,
        refresh: Refresh,
        tell: Callable[[GateEvent], None],
        wipe: Callable[[], None],
        name: str = "",
        places: Places | None = None,
    ) -> None:
        """Make the courier; `start` starts its threads.

        Args:
            tell: called from both threads with everything that happens.
            wipe: erases list, token and names; called when the server says so.
            name: what this device is called, for an organiser who is asked to take it back.
            places: where this device finds its event.
        """
        self._places = places
        self._next_look = self._next_learning = -math.inf
        self._run = secrets.token_hex(8)
        self._turn: int | None = None  # that no answer has confirmed yet
        self._name = name or socket.gethostname()
        self._delivery = delivery
        self._server = server
        self._refresh = refresh
        self._tell = tell
        self._wipe = wipe
        self._refused: ScannerError | None = None
        self._fresh: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._over = threading.Event()
        self._backlog = Backlog(delivery, tell)
        self._next_status = -math.inf
        self._next_refresh = -math.inf
        self._supplied_epoch = ""
        self._told_of_certificate = False
        self._next_word_of_another = -math.inf
        self._return = Return.NOT_NEEDED
        self._next_question = -math.inf
        self._threads = [
            threading.Thread(target=self._deliver_fresh, name="deliver", daemon=True),
            threading.Thread(target=self._run_rounds, name="rounds", daemon=True),
        ]
        # Nobody waits for it at the end: what it has not stored it fetches the next time.
        self._list_thread = threading.Thread(target=self._fetch_lists, name="list", daemon=True)
        self._list_comes = threading.Event()

    @property
    def lists(self) -> OfflineGate:
        """Return what opens the lists that this gate holds."""
        return self._delivery.offline

    def start(self) -> None:
        """Start the threads."""
        for thread in (*self._threads, self._list_thread):
            thread.start()

    def submit(self, scan: Scan, tell: Callable[[Verdict], None] | None = None) -> None:
        """Queue a scan that is stored in the spool; `tell` gets its verdict.

        Args:
            tell: gets it instead of the one who hears everything, as for the people of a bus.
        """
        self._fresh.put(functools.partial(self.deliver, scan, tell or self._tell))

    def admit_bus(self, scans: Sequence[ListedScan], tell: Callable[[Verdict], None]) -> None:
        """Store the scans of a bus all together, and queue them; `tell` gets the verdict of each.

        Raises:
            SpoolUnwritable: nothing could be kept, so nobody is let in.
        """
        self._delivery.spool.put_all(scans)
        for scan in scans:
            self.submit(scan, tell)

    def came_today(self, participant_id: int) -> datetime | None:
        """Return when a person first came in today, as far as this device knows."""
        return self._delivery.offline.came_today(participant_id)

    def decide_listed(self, scan: Scan) -> Verdict:
        """Decide on somebody whom a help desk found without the network, and keep it.

        Raises:
            ScannerError: this device is refused, or nothing can be kept: nobody is let in.
        """
        if self._refused:
            raise self._refused
        return self._delivery.decide_listed(scan)

    def admit(self, newcomer: Newcomer) -> Verdict:
        """Admit somebody without a badge on a place lent to this gate, or return why not.

        Raises:
            ScannerError: this device is refused, or nothing can be kept: nobody is let in.
        """
        if self._refused:
            raise self._refused
        return self._delivery.admit(newcomer)

    def keep(self, scan: Scan, reply: dict[str, Any]) -> None:
        """Keep whom the reply to a scan counts that a volunteer has sent by hand."""
        self._delivery.keep(scan, reply)

    def keep_newcomer(self, newcomer: Newcomer, reply: dict[str, Any]) -> None:
        """Keep a walk-in whom the server has registered when a volunteer asked."""
        self._delivery.keep_newcomer(newcomer, reply)

    def annul(self, scan_id: str, reason: str) -> None:
        """Take back a scan; `tell` gets the result."""
        self._fresh.put(functools.partial(self._annul, scan_id, reason))

    def annul_bus(self, scan_ids: Sequence[str], reason: str) -> int:
        """Take back the scans of a bus, and return how many of them are.

        Raises:
            ScannerError: the server did not answer, or refused; nothing was taken back.
        """
        annulled = self._server.annul_bus(scan_ids, reason)
        for scan_id in annulled:
            self._forget(scan_id)
        return len(annulled)

    def _forget(self, scan_id: str) -> None:
        self._delivery.spool.memory.forget(scan_id)
        self._delivery.spool.acknowledged.annul(scan_id)

    def finish(self) -> None:
        """Deliver what was submitted, try once to send what waits, return the lease, and stop."""
        self._fresh.put(None)
        self._over.set()
        self._list_comes.set()
        for thread in self._threads:
            thread.join()
        resume, drain = self._backlog.resume, self._backlog.drain
        for work in (resume, drain, resume, self._return_lease):  # what was behind that goes, too
            self._guarded(work)

    def _deliver_fresh(self) -> None:
        while (work := self._fresh.get()) is not None:
            work()

    def deliver(self, scan: Scan, tell: Callable[[Verdict], None] | None = None) -> None:
        """Get the verdict of one scan, as the first thread does for each."""
        (tell or self._tell)(self._verdict_of(scan))

    def _verdict_of(self, scan: Scan) -> Verdict:
        if self._refused:
            return fault_verdict(scan, self._refused, self._delivery.language)
        try:
            verdict = self._deliver_or_decide(scan)
            self._say_who_answers(self._delivery.link.fault)
            return verdict
        except TokenRefused as fault:
            self._stop(fault)
            return fault_verdict(scan, self._refused or fault, self._delivery.language)
        except SpoolUnwritable as fault:
            # It is in the spool without the refusal that is shown now, and must not count later.
            told = what_was_told(None, was_counted=False)
            self._backlog.add(Waiting(scan, told, self._refresh.clock.frame))
            return fault_verdict(scan, fault, self._delivery.language)

    def _deliver_or_decide(self, scan: Scan) -> Verdict:
        try:
            return self._delivery.deliver(scan)
        except TokenRefused as fault:
            if not self._goes_on(fault):
                raise
            return self._delivery.decide_here(scan)

    def _goes_on(self, fault: TokenRefused) -> bool:
        """Say whether this gate goes on without the server, which knew it and does no more.

        A server that was put back to a state before the pairing has lost what this device holds.
        """
        if isinstance(fault, DeviceWiped) or not self._delivery.spool.acknowledged.epoch:
            return False
        self._delivery.link.online = False
        if self._return == Return.NOT_NEEDED:
            self._return = Return.ASKED  # and the answer says whether it is the same server at all
        return True

    def _stop(self, fault: ScannerError) -> None:
        self._refused = TokenRefused()  # before anything that may fail: this gate must not continue
        self._over.set()
        if isinstance(fault, DeviceWiped):
            self._refused = self._wiped()
        self._tell(Stopped(self._refused))

    def _wiped(self) -> DeviceWiped:
        try:
            self._wipe()
            return DeviceWiped(count=self._delivery.spool.waiting_count())
        except SpoolUnwritable as fault:
            return WipeFailed(**fault.details)

    def _annul(self, scan_id: str, reason: str) -> None:
        try:
            self._server.annul(scan_id, reason)
            self._forget(scan_id)
            self._tell(Annulled(scan_id, "annulled"))
        except RequestRejected:
            self._tell(Annulled(scan_id, "annul_refused"))
        except ScannerError:
            self._tell(Annulled(scan_id, "annul_offline"))

    def _run_rounds(self) -> None:
        while not self._over.is_set():
            self.round()
            self._over.wait(ROUND_S)

    def round(self) -> None:
        """Do the work that the second thread does every second, once."""
        if self._return != Return.NOT_NEEDED:
            self._guarded(self._come_back)
            return
        self._choose_place()
        # Waiting scans are sent before the refresh, which renews a lease only when none waits.
        works = (self._heartbeat, self._backlog.resume, self._backlog.drain, self._supply)
        for work in (*works, self._offer, self._learn_places):
            self._guarded(work)

    def _choose_place(self) -> None:
        """Look now and then whether a hub of the hall answers, or the server again."""
        now, is_online = self._refresh.clock.elapsed_s(), self._delivery.link.online
        if self._places is None or self._refused or now < self._next_look:
            return
        self._next_look = now + (LOOK_EVERY_S if is_online else LOOK_ALONE_EVERY_S)
        if self._places.choose(is_online=is_online):
            self._next_status = self._next_refresh = -math.inf

    def _learn_places(self) -> None:
        """Ask the central server for the event's hubs."""
        now = self._refresh.clock.elapsed_s()
        at_center = self._places is not None and not self._places.at_hub
        if not at_center or not self._delivery.link.online or now < self._next_learning:
            return
        self._next_learning = now + LEARN_EVERY_S
        with contextlib.suppress(RequestRejected):  # a server that knows of no hubs
            self._places.learn(self._server.hubs())  # type: ignore[union-attr]

    def _guarded(self, work: Callable[[], None]) -> None:
        if self._refused:
            return
        try:
            self._noting_the_connection(work)
        except TokenRefused as fault:
            if not self._goes_on(fault):
                self._stop(fault)
        except ScannerError as fault:
            self._tell(Trouble(fault))

    def _noting_the_connection(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ServerUnreachable as fault:
            self._note_connection(online=False)
            self._say_who_answers(fault)
            # Waiting does not repair this: a person is told, once per lost connection.
            if isinstance(fault, CertificateRefused) and not self._told_of_certificate:
                self._told_of_certificate = True
                self._tell(Trouble(fault))

    def _say_who_answers(self, fault: ServerUnreachable | None) -> None:
        """Say that something else answers in the server's place, now and then while it does."""
        self._delivery.link.fault = None
        now = self._refresh.clock.elapsed_s()
        if isinstance(fault, AnsweredByAnother) and now >= self._next_word_of_another:
            self._next_word_of_another = now + _SAID_FOR_S
            self._tell(Trouble(fault))

    def _heartbeat(self) -> None:
        now = self._refresh.clock.elapsed_s()
        if self._delivery.link.online and now < self._next_status:
            return
        counts = None
        with contextlib.suppress(RequestRejected):  # a refusal is an answer, too
            counts = self._server.status(self._delivery.spool.waiting_count(), self._report())
            self._turn = None
            with contextlib.suppress(SpoolUnwritable):  # then the next answer tells it again
                self._delivery.spool.loss_is_told()
                self._backlog.note_status(counts)
            self._refresh.note_status(counts)
            if self._refresh.is_behind(counts):
                self._next_refresh = -math.inf
        self._next_status = now + STATUS_EVERY_S
        self._told_of_certificate = False
        self._note_connection(online=True, counts=counts)

    def _report(self) -> dict[str, object]:
        """Return what an organiser has to know of this device's disk."""
        spool = self._delivery.spool
        told: dict[str, object] = {"set_aside": spool.set_aside_count()}
        with contextlib.suppress(SpoolUnwritable):  # a full disk counts nothing
            self._turn = self._turn or spool.next_turn()
            told |= {"turn": self._turn, "run": self._run}
        if (saved := spool.loss()) is not None:
            told |= {"lost": "true", "saved": saved}
        return told

    def send_set_aside_again(self) -> None:
        """Send once more what the server has rejected; `tell` hears how many scans that are."""
        try:
            self._backlog.send_again()
        except SpoolUnwritable as fault:
            self._tell(Trouble(fault))

    def _supply(self) -> None:
        now = self._refresh.clock.elapsed_s()
        epoch = self._delivery.spool.acknowledged.epoch
        # A list of an earlier epoch is not as old as it says: it is another one.
        is_due = now >= self._next_refresh or epoch != self._supplied_epoch
        if not self._delivery.link.online:
            return
        if is_due:
            self._next_refresh, self._supplied_epoch = now + EVERY_S, epoch
            self._next_refresh = now + self._refresh.run()
        if not self._refresh.held.is_coming:
            return
        self._note_connection(online=True)  # for how far it is
        if self._list_thread.is_alive():
            self._list_comes.set()
        else:
            self.fetch_segments()

    def _fetch_lists(self) -> None:
        while not self._over.is_set():
            self._list_comes.wait()
            self._list_comes.clear()
            self._guarded(self.fetch_segments)

    def fetch_segments(self) -> None:
        """Fetch the segments of the list that is coming, as the third thread does."""
        try:
            is_used = self._refresh.fetch_segments(self._over.is_set)
        except ServerUnreachable:
            return  # whether the server is there, the heartbeat finds out
        except ScannerError:
            if not self._over.is_set():  # else its file may be closed already
                raise
            return
        if is_used or not self._refresh.held.is_coming:
            self._next_refresh = -math.inf  # for what has changed behind it
            self._note_connection(online=self._delivery.link.online)

    def _offer(self) -> None:
        self._backlog.offer(self._refresh.clock.elapsed_s())

    def _come_back(self) -> None:
        """Ask to be taken back, and once that is done bring all that this device holds."""
        if self._return == Return.ASKED:
            now = self._refresh.clock.elapsed_s()
            if now < self._next_question:
                return
            self._next_question = now + STATUS_EVERY_S
            if not self._is_taken_back():
                self._tell(Trouble(NotKnownAnyMore()))
                return
            self._return = Return.BRINGS
        # First of which epoch the database is, then what this device holds, before anything else:
        # what it saw is known before it decides by a new list.
        self._server.status(self._delivery.spool.waiting_count())
        self._backlog.bring_all()
        self._return = Return.NOT_NEEDED
        self._next_status = self._next_refresh = -math.inf

    def _is_taken_back(self) -> bool:
        spool, gate = self._delivery.spool, self._delivery.offline
        held = spool.waiting_count() + spool.acknowledged.count()
        with contextlib.suppress(RequestRejected):  # its event may not be there either
            return self._server.ask_to_return(
                self._name, gate.place_told, spool.acknowledged.event, held
            )
        return False

    def _return_lease(self) -> None:
        spool, lease = self._delivery.spool, self._delivery.spool.memory.lease()
        # The server would lend a used place again if it did not know yet that it was used.
        if not self._delivery.link.online or spool.waiting_count() or lease is None:
            return
        # Dropped here first: a place that another device holds must not be used at this one too.
        spool.memory.drop_lease()
        with contextlib.suppress(TimeoutError, RequestRejected):  # then it expires by itself
            within(GOODBYE_S, lambda: self._server.return_lease(lease.lease_id))

    def _note_connection(self, *, online: bool, counts: dict[str, Any] | None = None) -> None:
        self._delivery.link.online = online
        hub = self._places.at_hub if self._places else ""
        self._tell(LinkSeen(online, counts, self._refresh.freshness(), hub))
