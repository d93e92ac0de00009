"""Keep the gate list, the lease and the clock's skew up to date while the server answers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from scanner.core.errors import ListRefused, RequestRejected
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.list_checks import Objection, is_stale
from scanner.offline.spool import Spool
from scanner.server.client import ListReply
from scanner.server.desk_supply import DeskSupply

EVERY_S = 30.0
#: a skew that moved by less is not worth an fsync
_SKEW_STEP_S = 0.25


class Server(Protocol):
    """The methods of `Client` that refreshing uses."""

    def gate_list(self, since: int, etag: str, epoch: str = "") -> ListReply | None:
        """Return the gate list, or what changed."""
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
    """

    list_age: timedelta | None = None
    list_stale: bool = False
    skew_s: float | None = None
    clock_off: bool = False
    stop: dict[str, str] | None = None


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

    def run(self) -> None:
        """Fetch what changed and renew the lease.

        Raises:
            ServerUnreachable: try again later. TokenRefused: the device was revoked.
            ListRefused: the server's list cannot be trusted; the stored one stays.
            SpoolUnwritable: the answer could not be stored.
        """
        try:
            with contextlib.suppress(RequestRejected):
                self._fetch_list()
        finally:
            self._renew_lease()
        if self.desk_supply:
            self.desk_supply.run()

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
        return Freshness(age, stale, self.clock.skew_s, self.clock.is_off(), stop)

    def _fetch_list(self) -> None:
        held = self.held.held()
        reply = self.server.gate_list(held.cursor, self.held.etag(), held.epoch)
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
        reply = self.server.gate_list(0, "")
        if reply is not None:
            self._take(reply)

    def _take(self, reply: ListReply) -> None:
        epoch = self.held.held().epoch
        self.held.take(reply.body, reply.etag)
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
