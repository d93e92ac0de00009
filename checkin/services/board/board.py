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
from checkin.domain.events.days import Day, bounds_of, day_at
from checkin.domain.scanning.hall import Hall, hall_of
from checkin.domain.scanning.reasons import Reason
from checkin.services.board.live_counts import LiveCounts, live_counts
from checkin.services.board.minute_counts import (
    Count,
    CountedDay,
    MinuteCounts,
    arrivals_by_gate,
    refusals_by_reason,
)
from checkin.services.board.unusual import UnusualDevice, unusual_devices
from checkin.services.events.days import days_of
from checkin.services.gates.devices import TALKS_TO_US, is_online, low_battery
from checkin.services.gates.help_calls import OpenCall, open_calls
from checkin.services.hubs.reports import HubOnBoard, hubs_on_board
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
        low_battery: percent of the emptiest battery that somebody has to charge; None: none has.
    """

    id: int
    per_minute: float
    devices: int
    online: int
    waiting: int
    list_at: datetime | None
    skew_ms: int | None
    low_battery: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a board shows; equal boards look the same.

    Attributes:
        curve: the curve of arrivals; None while nobody has come.
        forecast: None of a day that is over.
        refusals: how many scans were refused for each reason, the most frequent first.
        overridden: how many people supervisors let in against the rules.
        conflicts: how many conflicts wait for an organiser's decision.
        hall: how full the hall is; None where the event has no capacity.
        unusual: devices that were unusually fast within the last minutes.
        help_calls: gates that call for help, the longest waiting first.
        hubs: those in use in the hall, by name.
    """

    counts: LiveCounts
    curve: ArrivalCurve | None
    forecast: Forecast | None
    gates: tuple[GateLoad, ...]
    refusals: tuple[tuple[Reason, int], ...]
    overridden: int
    conflicts: int
    hall: Hall | None
    unusual: tuple[UnusualDevice, ...] = ()
    help_calls: Sequence[OpenCall] = ()
    hubs: tuple[HubOnBoard, ...] = ()


@dataclass(frozen=True)
class CountsByMinute:
    """A running server's counts by minute, so that boards cost the same after 50,000 arrivals."""

    arrivals: MinuteCounts = field(default_factory=lambda: MinuteCounts(arrivals_by_gate))
    refusals: MinuteCounts = field(default_factory=lambda: MinuteCounts(refusals_by_reason))


def board_now(
    session: Session,
    event_id: int,
    minute_counts: CountsByMinute,
    now: datetime,
    day: int | None = None,
) -> Board:
    """Return the board of an event as of now.

    Args:
        day: the day whose arrivals and refusals are shown; None: that of `now`. Its curve ends with
            it; what is not counted by day is as of now, such as the devices.
    """
    days = days_of(session, event_id)
    present = day_at(days, now)
    number = present if day is None else day
    counts = live_counts(session, event_id, day=number)
    figures, counted = counts.figures, CountedDay(event_id, number, *bounds_of(days, number))
    arrivals = minute_counts.arrivals.counts(session, counted, figures.arrived, now)
    refusals = minute_counts.refusals.counts(session, counted, counts.refused, now)
    by_minute = _by_minute(arrivals)
    window = pace_window(by_minute, now)
    expected = forecast(by_minute, figures.missing, window) if number >= present else None
    return Board(
        counts=counts,
        curve=arrival_curve(
            by_minute,
            figures.missing,
            now if expected else _ends_at(days, number),
            expected.at if expected else None,
        ),
        forecast=expected,
        gates=_gates(session, counts, arrivals, window, now),
        refusals=_by_reason(refusals),
        overridden=count_overridden(session, event_id),
        conflicts=waiting_conflicts(session, [event_id])[event_id],
        hall=hall_of(figures.inside, counts.capacity) if counts.capacity else None,
        unusual=unusual_devices(session, event_id, now),
        help_calls=open_calls(session, event_id),
        hubs=hubs_on_board(session, event_id, now),
    )


def _ends_at(days: Sequence[Day], number: int) -> datetime:
    return next(day.ends_at for day in days if day.number == number)


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
            *(Device.gate_id, Device.last_seen_at, Device.waiting, Device.list_at, Device.skew_ms),
            *(Device.battery, Device.charging),
        ).where(Device.event_id == counts.event_id, Device.revoked_at.is_(None), TALKS_TO_US)
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
    batteries = [low_battery(d.battery, d.charging, d.last_seen_at, now) for d in devices]
    return GateLoad(
        id=gate_id,
        per_minute=per_minute,
        devices=len(devices),
        online=sum(is_online(device.last_seen_at, now) for device in devices),
        waiting=sum(device.waiting or 0 for device in devices),
        list_at=min(lists, default=None),
        skew_ms=max((d.skew_ms for d in devices if d.skew_ms is not None), key=abs, default=None),
        low_battery=min((low for low in batteries if low is not None), default=None),
    )
