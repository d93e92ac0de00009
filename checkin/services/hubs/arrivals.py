"""What a hub is told of arrivals that others recorded: the server's own gates, and other hubs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Row, exists, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, HubScan, Scan
from checkin.domain.scanning.verdict import Status

MOST = 2000
_Row = Row[*tuple[Any, ...]]
#: a transaction that has taken a number for its scan is over by then
_SETTLED_AFTER_S = 10.0
#: what is taken back is told once more for so long, whatever order the commits came in
_TOLD_AGAIN_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Scans that let somebody in or out, in the order of their numbers.

    Attributes:
        scans: those of others after the number that the hub has named.
        next: the number to name the next time. What is after it already may be told again.
        annulled: scans of anybody, the hub's own too, that were taken back.
    """

    scans: Sequence[_Row]
    next: int
    annulled: Sequence[_Row]


class SettledNumbers:
    """Knows up to which number of an event's scans all are committed that ever will be.

    PostgreSQL gives numbers out before the commit: a scan may appear after one with a higher
    number. Numbers are given out in order, so once the highest is known for a while, whatever has
    a lower one is there or has failed.
    """

    def __init__(self, settled_after_s: float = _SETTLED_AFTER_S) -> None:
        self._after_s = settled_after_s
        self._seen: dict[int, deque[tuple[float, int]]] = {}
        self._mutex = Lock()

    def settled(self, session: Session, event_id: int) -> int:
        """Return the highest number below which no scan of the event appears any more."""
        highest = session.scalars(
            select(func.coalesce(func.max(Scan.id), 0)).where(Scan.event_id == event_id)
        ).one()
        if session.get_bind().dialect.name == "sqlite":
            return highest  # one transaction writes at a time
        return self.of_highest(event_id, highest, time.monotonic())

    def of_highest(self, event_id: int, highest: int, now: float) -> int:
        """Remember the highest number that is there now, and return the highest settled one."""
        with self._mutex:
            seen = self._seen.setdefault(event_id, deque([(now - self._after_s, 0)]))
            if highest > seen[-1][1]:
                seen.append((now, highest))
            while len(seen) > 1 and seen[1][0] <= now - self._after_s:
                seen.popleft()
            return seen[0][1]


def arrivals_since(
    session: Session,
    event_id: int,
    hub_id: int,
    *,
    since: int,
    most: int,
    settled: SettledNumbers,
    annulled_since: datetime | None = None,
) -> Arrivals:
    """Return what others than a hub recorded after a number, at most so many scans.

    Args:
        annulled_since: name what was taken back from about then on; None: all that ever was.
    """
    sure = settled.settled(session, event_id)  # read before the scans
    let_by = or_(Scan.status == Status.OK, Scan.decided_status == Status.OK)
    brought = exists().where(HubScan.hub_id == hub_id, HubScan.scan_pk == Scan.id)
    scans = session.execute(
        _SCANS.where(
            Scan.event_id == event_id,
            Scan.id > since,
            Scan.participant_id.is_not(None),
            let_by,
            ~brought,
        )
        .order_by(Scan.id)
        .limit(most)
    ).all()
    is_all = len(scans) < most
    reached = sure if is_all else min(sure, scans[-1].number)
    return Arrivals(scans, max(since, reached), _annulled(session, event_id, annulled_since))


_SCANS = select(
    Scan.id.label("number"),
    *(Scan.scan_id, Scan.participant_id, Badge.ref, Scan.device_id, Scan.gate_id),
    *(Scan.direction, Scan.source, Scan.scanned_at, Scan.corrected_at, Scan.status, Scan.reason),
    *(Scan.decided_status, Scan.forced_by, Scan.annulled_at),
).outerjoin(Badge, Badge.id == Scan.badge_id)


def _annulled(session: Session, event_id: int, since: datetime | None) -> Sequence[_Row]:
    query = select(Scan.scan_id, Scan.annulled_at).where(
        Scan.event_id == event_id, Scan.annulled_at.is_not(None)
    )
    if since is not None:
        query = query.where(Scan.annulled_at >= since - _TOLD_AGAIN_FOR)
    return session.execute(query.order_by(Scan.annulled_at, Scan.id)).all()
