"""Keep the gate list, the lease and the clock's skew up to date while the server answers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from checkin.protocol.list_segments import MOST_AT_ONCE, Named
from scanner.core.errors import ListNotReady, ListRefused, RequestRejected, SpoolUnwritable
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.list_checks import Objection, is_stale
from scanner.offline.spool import Spool
from scanner.server.client import ListReply
from scanner.server.desk_supply import DeskSupply

EVERY_S = 30.0
#: segments that came within this time came by a fast line
_FAST_S = 1.0
#: a server that prepares segments for so long is asked for the whole list
_PATIENCE_S = 120.0
#: a skew that moved by less is not worth an fsync
_SKEW_STEP_S = 0.25


class Server(Protocol):
    """The methods of `Client` that refreshing uses."""

    def gate_list(
        self, since: int, etag: str, epoch: str = "", *, segments: bool = False
    ) -> ListReply | None:
        """Return the gate list, or what changed, or the head of a list in segments."""
        ...

    def segments(self, marks: Sequence[str]) -> bytes:
        """Return segments of the gate list behind one another."""
        ...

    def lease(self, held: str | None) -> dict[str, Any]:
        """Borrow places, or renew the current lease."""
        ...


@dataclass(frozen=True, slots=True)
class Freshness:
    """How up to date the data of this device are.

    Attributes:
        list_age: since the server last called the list the newest; None while there is none.
        skew_s: by how much this computer's clock is ahead; None until the server has answered.
        clock_off: it is more than a minute away from the server's.
        stop: the organiser's words by language while all entries are stopped.
        coming: of a list that is arriving: how many segments are here, and of how many.
    """

    list_age: timedelta | None = None
    list_stale: bool = False
    skew_s: float | None = None
    clock_off: bool = False
    stop: dict[str, str] | None = None
    coming: tuple[int, int] | None = None


@dataclass
class Refresh:
    """Keeps the gate list and the lease of one device up to date, and the people of a help desk."""

    server: Server
    held: HeldList
    spool: Spool
    clock: DeviceClock
    desk_supply: DeskSupply | None = None

    def __post_init__(self) -> None:
        self._kept_skew_s: float | None = None
        self._not_ready_since: float | None = None
        self._at_once = 2

    def run(self) -> float:
        """Fetch what changed and renew the lease; return after how many seconds to do so again.

        Raises:
            ServerUnreachable: try again later. TokenRefused: the device was revoked.
            ListRefused: the server's list cannot be trusted; the stored one stays.
            SpoolUnwritable: the answer could not be stored.
        """
        again_s = EVERY_S
        try:
            with contextlib.suppress(RequestRejected):
                self._fetch_list()
            self._not_ready_since = None
        except ListNotReady as fault:
            again_s = float(str(fault.details["wait_s"]))
            if self._not_ready_since is None:
                self._not_ready_since = self.clock.elapsed_s()
        finally:
            self._renew_lease()
        if self.desk_supply:
            self.desk_supply.run()
        return again_s

    def fetch_segments(self, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Fetch what is lacking of the list that is coming, and use it; say whether it is in use.

        Whatever is here is not fetched again: after any fault it goes on where it was.

        Args:
            is_over: asked before each segment, of which one takes seconds on a slow line.

        Raises:
            ListRefused, SpoolUnwritable: as `run`; the list is not expected any more.
            ServerUnreachable: try again later. TokenRefused: the device was revoked.
        """
        try:
            while not is_over() and (lacking := self.held.lacking()):
                self._fetch(lacking[: self._at_once])
            return not is_over() and self._use_what_came()
        except RequestRejected:  # it was replaced meanwhile: the next head names another
            self.held.expect_nothing()
            return False
        except (ListRefused, SpoolUnwritable):
            self.held.expect_nothing()
            raise

    def _fetch(self, segments: Sequence[Named]) -> None:
        """Fetch and store segments; on a fast line the next request asks for twice as many."""
        began_s, self._at_once = self.clock.elapsed_s(), 1
        content = self.server.segments([one.mark for one in segments])
        for one in segments:
            self.held.keep_segment(one.mark, content[: one.size])
            content = content[one.size :]
        is_fast = self.clock.elapsed_s() - began_s < _FAST_S
        self._at_once = min(2 * len(segments), MOST_AT_ONCE) if is_fast else 1

    def _use_what_came(self) -> bool:
        epoch = self.held.held().epoch
        if not self.held.use_what_came():
            return False
        self._note_taken(epoch)
        return True

    def note_status(self, counts: dict[str, Any]) -> None:
        """Store what `/status` tells of this device, and the measured skew."""
        place = (counts.get("device") or {}).get("gate")
        if isinstance(place, dict) and place.get("id") is not None:
            self.held.keep_place(place)
        skew_s, kept = self.clock.skew_s, self._kept_skew_s
        if skew_s is not None and (kept is None or abs(skew_s - kept) >= _SKEW_STEP_S):
            self.spool.keep_skew(self.clock.frame, skew_s)
            self.spool.keep_told("anchor", self.clock.anchor())
            self._kept_skew_s = skew_s
        if self.desk_supply:
            self.desk_supply.note_status(counts)

    def is_behind(self, counts: dict[str, Any]) -> bool:
        """Say whether entries were stopped or resumed since the stored list was made."""
        stop = (counts.get("stop") or {}).get("messages")
        return self.held.is_there and bool(stop != self.held.policy().get("stopped"))

    def freshness(self) -> Freshness:
        """Say how old the list is now, and whether the clock is right."""
        confirmed_at, now = self.held.confirmed_at(), self.clock.server_now()
        age = max(now - confirmed_at, timedelta()) if confirmed_at else None
        stale = is_stale(confirmed_at, now)
        stop = self.held.policy().get("stopped") if self.held.is_there else None
        coming = self.held.progress()
        return Freshness(age, stale, self.clock.skew_s, self.clock.is_off(), stop, coming)

    def _fetch_list(self) -> None:
        held = self.held.held()
        reply = self.server.gate_list(
            held.cursor, self.held.etag(), held.epoch, segments=self._waits_for_segments()
        )
        if reply is None:
            self.held.confirm(self.clock.server_now())
            return
        try:
            self._take(reply)
        except ListRefused as refusal:
            if refusal.details["objection"] != Objection.GAP:
                raise
            self._fetch_whole_list()

    def _fetch_whole_list(self) -> None:
        reply = self.server.gate_list(0, "", segments=self._waits_for_segments())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: ListReply) -> None:
        epoch = self.held.held().epoch
        self.held.take(reply.body, reply.etag)
        if not self.held.is_coming:
            self._note_taken(epoch)

    def _waits_for_segments(self) -> bool:
        since = self._not_ready_since
        return since is None or self.clock.elapsed_s() - since < _PATIENCE_S

    def _note_taken(self, epoch: str) -> None:
        """Forget what was true of the list before, which was of this epoch, and its days."""
        if epoch and self.held.held().epoch != epoch:
            self.spool.memory.forget_numbers()
        ends = (day["ends_at"] for day in self.held.policy().get("days") or [])
        moments = [datetime.fromisoformat(end) for end in ends]
        self.spool.acknowledged.retire(moments, self.clock.server_now())

    def _renew_lease(self) -> None:
        # Not while the server does not know yet of used places: it would lend them again.
        if self.spool.decided_count():
            return
        held = self.spool.memory.lease()
        try:
            body = self.server.lease(held.lease_id if held else None)
        except RequestRejected:
            return  # this server lends nothing; an earlier lease expires by itself
        self.spool.memory.take_lease(body)
