"""The live board of an event: counts, curve, forecast, gates, refusals, hall and conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Device
from checkin.domain.board.arrivals import (
    ArrivalCurve,
    Forecast,
    PaceWindow,
    arrival_curve,
    forecast,
    pace_window,
)
from checkin.domain.scanning.hall import Hall, hall_of
from checkin.domain.scanning.reasons import Reason
from checkin.services.board.live_counts import LiveCounts, live_counts
from checkin.services.board.minute_counts import (
    Count,
    MinuteCounts,
    arrivals_by_gate,
    refusals_by_reason,
)
from checkin.services.gates.devices import is_online
from checkin.services.scanning.conflicts import waiting_conflicts
from checkin.services.scanning.overrides import count_overridden


@dataclass(frozen=True, slots=True)
class GateLoad:
    """A gate's activity and the state of its devices.

    Attributes:
        per_minute: people who arrive a minute, within the window of the forecast.
        online: how many of the gate's `devices` were in touch within two minutes.
        waiting: scans that its devices reported as not yet uploaded.
        list_at: when the device with the oldest gate list was last up to date; None: none ever was.
        skew_ms: the largest difference between its devices' clocks and the server's.
    """

    id: int
    per_minute: float
    devices: int
    online: int
    waiting: int
    list_at: datetime | None
    skew_ms: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a board shows; equal boards look the same.

    Attributes:
        curve: the curve of arrivals; None while nobody has come.
        refusals: how many scans were refused for each reason, the most frequent first.
        overridden: how many people supervisors let in against the rules.
        conflicts: how many conflicts wait for an organiser's decision.
        hall: how full the hall is; None where the event has no capacity.
    """

    counts: LiveCounts
    curve: ArrivalCurve | None
    forecast: Forecast
    gates: tuple[GateLoad, ...]
    refusals: tuple[tuple[Reason, int], ...]
    overridden: int
    conflicts: int
    hall: Hall | None


@dataclass(frozen=True)
class CountsByMinute:
    """A running server's counts by minute, so that boards cost the same after 50,000 arrivals."""

    arrivals: MinuteCounts = field(default_factory=lambda: MinuteCounts(arrivals_by_gate))
    refusals: MinuteCounts = field(default_factory=lambda: MinuteCounts(refusals_by_reason))


def board_now(
    session: Session, event_id: int, minute_counts: CountsByMinute, now: datetime
) -> Board:
    """Return the board of an event as of now."""
    counts = live_counts(session, event_id)
    figures = counts.figures
    arrivals = minute_counts.arrivals.counts(session, event_id, figures.arrived, now)
    refusals = minute_counts.refusals.counts(session, event_id, counts.refused, now)
    by_minute = _by_minute(arrivals)
    window = pace_window(by_minute, now)
    expected = forecast(by_minute, figures.missing, window)
    return Board(
        counts=counts,
        curve=arrival_curve(by_minute, figures.missing, now, expected.at),
        forecast=expected,
        gates=_gates(session, counts, arrivals, window, now),
        refusals=_by_reason(refusals),
        overridden=count_overridden(session, event_id),
        conflicts=waiting_conflicts(session, [event_id])[event_id],
        hall=hall_of(figures.inside, counts.capacity) if counts.capacity else None,
    )


def _by_minute(counts: Count) -> Mapping[datetime, int]:
    minutes: Counter[datetime] = Counter()
    for (minute, _), count in counts.items():
        minutes[minute] += count
    return minutes


def _by_reason(counts: Count) -> tuple[tuple[Reason, int], ...]:
    reasons: Counter[Reason] = Counter()
    for (_, reason), count in counts.items():
        reasons[Reason(reason)] += count
    return tuple(reasons.most_common())


def _gates(
    session: Session, counts: LiveCounts, arrivals: Count, window: PaceWindow, now: datetime
) -> tuple[GateLoad, ...]:
    devices = session.execute(
        select(
            Device.gate_id, Device.last_seen_at, Device.waiting, Device.list_at, Device.skew_ms
        ).where(Device.event_id == counts.event_id, Device.revoked_at.is_(None))
    ).all()
    return tuple(
        _load(
            gate.id,
            window.pace({minute: n for (minute, at), n in arrivals.items() if at == gate.id}),
            [device for device in devices if device.gate_id == gate.id],
            now,
        )
        for gate in counts.gates
    )


def _load(gate_id: int, per_minute: float, devices: Sequence[Any], now: datetime) -> GateLoad:
    lists = [device.list_at for device in devices if device.list_at]
    return GateLoad(
        id=gate_id,
        per_minute=per_minute,
        devices=len(devices),
        online=sum(is_online(device.last_seen_at, now) for device in devices),
        waiting=sum(device.waiting or 0 for device in devices),
        list_at=min(lists, default=None),
        skew_ms=max((d.skew_ms for d in devices if d.skew_ms is not None), key=abs, default=None),
    )
