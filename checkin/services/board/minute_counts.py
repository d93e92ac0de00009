"""Count arrivals and refusals by the minute, without an additional write for a scan.

The counts are cached, and only the last minutes are read again. The running tallies, which are
updated with every scan, show whether that is enough: if the cache's sum differs from theirs, a late
upload or an annulment has changed an earlier minute, and everything is read again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Conflict, HourlyArrivals, Scan
from checkin.domain.scanning.verdict import Status
from checkin.services.common.moments import minute_of, moment_of

#: minutes this young are read again at each change
YOUNG = timedelta(minutes=3)
#: a whole reading of 50,000 arrivals takes some 30 ms: this often at most, and this often at least
WHOLE_EVERY_S = 15.0
SURELY_EVERY_S = 300.0

#: the minute, and the gate or the reason that was counted by
Key = tuple[datetime, Any]
Count = Mapping[Key, int]


class CountedDay(NamedTuple):
    """A day of an event, and the first moments that belong to it, and to it no longer.

    Attributes:
        begins, ends: None where there is no earlier, or no later day.
    """

    event_id: int
    number: int
    begins: datetime | None = None
    ends: datetime | None = None


Read = Callable[[Session, CountedDay, datetime | None], Count]


@dataclass(frozen=True, slots=True)
class _KeptCounts:
    """The counts by minute of an event, as they were last read."""

    counts: Count
    total: int
    whole_at_s: float


class MinuteCounts:
    """A cache of one kind of count by minute, for each day of an event that is being watched."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kept: dict[CountedDay, _KeptCounts] = {}
        self._turn = Lock()

    def counts(self, session: Session, day: CountedDay, total: int, now: datetime) -> Count:
        """Return a day's counts by minute, up to date.

        Args:
            total: the sum of the counts according to the running tallies.
        """
        with self._turn:
            kept = self._renewed(session, day, total, now)
            self._kept[day] = kept
            return kept.counts

    def _renewed(self, session: Session, day: CountedDay, total: int, now: datetime) -> _KeptCounts:
        kept, clock_s = self._kept.get(day), time.monotonic()
        if kept is None or clock_s - kept.whole_at_s > SURELY_EVERY_S:
            return self._whole(session, day, total)
        if kept.total == total == sum(kept.counts.values()):
            return kept
        since = (now - YOUNG).replace(second=0, microsecond=0)
        older = {key: count for key, count in kept.counts.items() if key[0] < since}
        counts = older | dict(self._read(session, day, since))
        if sum(counts.values()) != total and clock_s - kept.whole_at_s > WHOLE_EVERY_S:
            return self._whole(session, day, total)
        return _KeptCounts(counts, total, kept.whole_at_s)

    def _whole(self, session: Session, day: CountedDay, total: int) -> _KeptCounts:
        return _KeptCounts(self._read(session, day, None), total, time.monotonic())


def arrivals_by_gate(session: Session, day: CountedDay, since: datetime | None) -> Count:
    """Count a day's arrivals by minute and gate; of a purged event only those by hour are kept."""
    minute = minute_of(session, Admission.admitted_at)
    arrivals = (
        select(minute.label("minute"), Admission.gate_id.label("by"), func.count().label("n"))
        .where(
            Admission.event_id == day.event_id,
            Admission.day == day.number,
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
        )
        .group_by(minute, Admission.gate_id)
    )
    found = _counted(session, _since(arrivals, Admission.admitted_at, since))
    return found if since else Counter(found) + _hours(session, day)


def refusals_by_reason(session: Session, day: CountedDay, since: datetime | None) -> Count:
    """Count a day's refused scans by minute and reason."""
    minute = minute_of(session, Scan.corrected_at)
    refusals = (
        select(minute.label("minute"), Scan.reason.label("by"), func.count().label("n"))
        .outerjoin(Conflict, Conflict.scan_pk == Scan.id)
        .where(
            Scan.event_id == day.event_id,
            *_within(day),
            Scan.status == Status.ERROR,
            Scan.annulled_at.is_(None),
            Conflict.id.is_(None),  # a device had let the person in
        )
        .group_by(minute, Scan.reason)
    )
    return _counted(session, _since(refusals, Scan.corrected_at, since))


def _within(day: CountedDay) -> list[ColumnElement[bool]]:
    begins = [] if day.begins is None else [Scan.corrected_at >= day.begins]
    return begins if day.ends is None else [*begins, Scan.corrected_at < day.ends]


def _since(query: Any, column: Any, since: datetime | None) -> Any:
    return query if since is None else query.where(column >= since)


def _counted(session: Session, query: Any) -> Count:
    rows = session.connection().execute(query)
    return {(moment_of(row.minute), row.by): row.n for row in rows}


def _hours(session: Session, day: CountedDay) -> Counter[Key]:
    rows = session.execute(
        select(HourlyArrivals.hour_at, HourlyArrivals.gate_id, HourlyArrivals.arrived).where(
            HourlyArrivals.event_id == day.event_id, HourlyArrivals.day == day.number
        )
    )
    counts: Counter[Key] = Counter()
    for row in rows:
        counts[row.hour_at, row.gate_id] += row.arrived
    return counts
