"""One exchange of a hub with the central server: up with what happened, down with what is new.

Everything is idempotent by its id, so that an exchange that breaks off anywhere is repeated whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Device, Event, Upstream
from checkin.domain.gates.hub_numbers import CENTRAL_DEVICE
from checkin.protocol.version import VERSION
from checkin.services.backups.epochs import current_epoch
from checkin.services.common.keys import Keys
from checkin.services.hub.arriving import take_arrivals
from checkin.services.hub.bringing import (
    annulments_brought,
    annulments_to_bring,
    scans_brought,
    scans_to_bring,
    scans_waiting,
    text_of,
    walk_ins_brought,
    walk_ins_to_bring,
)
from checkin.services.hub.held_lists import fetch_list, keep_list
from checkin.services.hub.link import Central, CentralUnreachable
from checkin.services.hub.loans import Known, hold_back, keep_lent, last_scan
from checkin.services.hub.mirroring import News, apply_news, fetch_news
from checkin.services.hub.numbers import count_without_number, number_own_rows_apart
from checkin.services.hub.stops import lifted_here
from checkin.services.hub.upstream import (
    has_mirror,
    met_epoch,
    note_exchange,
    seen_there,
    upstream,
)

#: a mirror that changes while it is fetched is asked for anew so often
_MIRRORS_TRIED = 3


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange has moved.

    Attributes:
        scans, walk_ins: that went up.
        rows: of the mirror that came down.
        arrivals: of other gates that came down.
    """

    scans: int
    walk_ins: int
    rows: int
    arrivals: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchanges of one hub.

    Attributes:
        addresses: where gates reach the hub now.
    """

    database: Database
    keys: Keys
    central: Central
    addresses: Callable[[], list[str]]
    clock: Callable[[], datetime]

    def run(self) -> Exchanged:
        """Exchange once.

        Walk-ins go first, so that their scans can follow; the mirror comes before what happened
        elsewhere, so that everybody whom that names is here.

        Raises:
            CentralUnreachable: try again later. CentralRefused: it does not want this hub.
        """
        began_at = self.clock()
        rows = self.take_mirror()
        walk_ins = self._bring_walk_ins()
        if walk_ins:
            rows += self.take_mirror()
        self._bring_annulments()
        scans = self._bring_scans()
        self.fetch_list()
        arrivals = self._take_arrivals()
        scans += self._borrow(began_at)
        self._report()
        in_transaction(self.database, lambda session: note_exchange(session, self.clock()))
        return Exchanged(scans, walk_ins, rows, arrivals)

    def bring_last(self) -> None:
        """Bring what is left, where this hub is wanted no more.

        Raises:
            CentralUnreachable, CentralRefused: it stays here.
        """
        self._bring_walk_ins()
        self._bring_annulments()
        self._bring_scans()
        self._bring_annulments()

    def waiting(self) -> int:
        """Return how many scans and walk-ins the central server does not have."""
        with self.database.read() as session:
            return scans_waiting(session) + count_without_number(session)

    def take_mirror(self, tell: Callable[[int], None] = lambda _pages: None) -> int:
        """Bring the rows here up to date, the first time all of them; return how many were written.

        Args:
            tell: told of how many pages the event has, before those that are not here are fetched.
        """
        for _ in range(_MIRRORS_TRIED):
            with self.database.read() as session:
                etag, seen = upstream(session).mirror_etag, seen_there(session)
            asked_at = self.clock()
            answer = self.central.mirror(etag, seen)
            if self._is_put_back(answer.epoch):
                continue  # of a database that was put back: what its ETag says is unknown
            if answer.body is None:
                in_transaction(self.database, partial(_note_mirror, at=asked_at))
                return 0
            tables = answer.body["tables"]
            tell(sum(map(len, tables.values())))
            with self.database.read() as session:
                news = fetch_news(session, tables, self.central)
            if news is not None:
                write = partial(self._write_mirror, news=news, etag=answer.etag, at=asked_at)
                return in_transaction(self.database, write)
        return 0  # people are registered faster than they come here: go on with what there is

    def _write_mirror(self, session: Session, news: News, etag: str, at: datetime) -> int:
        link = upstream(session)
        if not has_mirror(link):
            number_own_rows_apart(session)
        written = apply_news(session, news, self.keys)
        link.event_id = session.scalars(select(Event.id)).one()
        link.mirror_etag = etag
        _note_mirror(session, at)
        hold_back(session, self.clock())
        return written

    def _is_put_back(self, epoch: str) -> bool:
        return in_transaction(
            self.database, lambda session: met_epoch(session, epoch, self.clock())
        )

    def _bring_walk_ins(self) -> int:
        with self.database.read() as session:
            own, bodies = walk_ins_to_bring(session)
        if not bodies:
            return 0
        results = self.central.bring("walk-ins", {"walk_ins": bodies})["results"]
        in_transaction(self.database, lambda session: walk_ins_brought(session, own, results))
        return len(bodies)

    def _bring_scans(self) -> int:
        count = 0
        while True:
            with self.database.read() as session:
                numbers, bodies = scans_to_bring(session)
            if not bodies:
                return count
            told = {"hub_time": text_of(self.clock()), "scans": bodies}
            counter = self.central.bring("scans", told)["counter"]
            work = partial(scans_brought, numbers=numbers, counter=counter)
            in_transaction(self.database, work)
            self._bring_annulments()
            count += len(bodies)

    def _bring_annulments(self) -> None:
        with self.database.read() as session:
            bodies = annulments_to_bring(session)
        if bodies:
            self.central.bring("annulments", {"annulments": bodies})
            in_transaction(self.database, lambda session: annulments_brought(session, bodies))

    def fetch_list(self) -> None:
        """Bring the gate list here up to date.

        Raises:
            CentralUnreachable, CentralRefused: the one that is held stays.
        """
        with self.database.read() as session:
            made = fetch_list(session, self.central)
        if made is not None:
            in_transaction(self.database, lambda session: keep_list(session, made))

    def _take_arrivals(self) -> int:
        count = 0
        while True:
            with self.database.read() as session:
                since = upstream(session).arrivals_until
            told = self.central.arrivals(since, None)
            taken, is_all = take_arrivals(self.database, told, self.keys, self.clock())
            count += taken
            if not is_all or not told["scans"] or told["next"] <= since:
                return count

    def _borrow(self, walk_ins_until: datetime) -> int:
        """Borrow anew, and return how many scans went up before."""
        with self.database.read() as session:
            held = upstream(session).lease_id
            known = Known(walk_ins_until, last_scan(session))
        scans = self._bring_scans()  # what was recorded meanwhile: it shall know all up to that one
        body = self.central.lease(str(held) if held else None)

        def keep(session: Session) -> None:
            keep_lent(session, body, known)
            hold_back(session, self.clock())

        in_transaction(self.database, keep)
        return scans

    def _report(self) -> None:
        with self.database.read() as session:
            told = _report_of(session, self.addresses())
        answer = self.central.report(told)
        if certificate := answer.get("certificate"):
            in_transaction(self.database, lambda s: _keep_certificate(s, certificate))


def _report_of(session: Session, addresses: list[str]) -> Mapping[str, Any]:
    link = upstream(session)
    devices = session.execute(
        select(
            *(Device.id, Device.name, Device.gate_id, Device.last_seen_at, Device.waiting),
            *(Device.battery, Device.charging),
        ).where(
            Device.event_id == link.event_id,
            Device.id != CENTRAL_DEVICE,
            Device.last_seen_at.is_not(None),
        )
    ).all()
    return {
        "version": VERSION,
        "epoch": current_epoch(session),
        "addresses": addresses,
        "lifted_stops": [number for number, _at, _by in lifted_here(session)],
        "counts": {
            "scans_waiting": scans_waiting(session),
            "walk_ins_waiting": count_without_number(session),
        },
        "gates": [
            {
                "device": one.id,
                "name": one.name,
                "gate_id": one.gate_id,
                "last_seen_at": text_of(one.last_seen_at),
                "waiting": one.waiting,
                "battery": one.battery,
                "charging": one.charging,
            }
            for one in devices
        ],
    }


def _note_mirror(session: Session, at: datetime) -> None:
    upstream(session).mirrored_at = at


def _keep_certificate(session: Session, certificate: dict[str, Any]) -> None:
    link: Upstream = upstream(session)
    if link.certificate != certificate:
        link.certificate = certificate


def try_exchange(exchange: Exchange) -> Exchanged | None:
    """Exchange, and note why where the central server was not reached; None then."""
    try:
        return exchange.run()
    except CentralUnreachable as fault:
        reason = str(fault)
        in_transaction(
            exchange.database, lambda session: note_exchange(session, exchange.clock(), reason)
        )
        return None
