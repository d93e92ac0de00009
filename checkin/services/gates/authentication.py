"""Authenticate a device by its token, and record when it was last in touch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.faults import outage_of
from checkin.db.models import Device, EntryStop, Event, EventDay, Gate
from checkin.domain.events.days import Day
from checkin.domain.people.searching import BEFORE_THE_EVENT, SearchRules
from checkin.domain.scanning.facts import EntryPolicy, Hours, Reentry, WithoutBadge
from checkin.errors import DeviceRevoked, Unauthenticated
from checkin.services.backups.epochs import CURRENT_EPOCH
from checkin.services.common.outside_events import TELLS_ARRIVALS
from checkin.services.events.days import DAY_COLUMNS, day_of_row
from checkin.services.gates.devices import PairedDevice, hash_token
from checkin.services.gates.hours import HAS_HOURS, hours_in
from checkin.services.gates.searching import BUDGET
from checkin.services.gates.stops import IS_STOPPED, STOP_COLUMNS, stop_of

#: a device's last contact is written at most this often: it is no reason to touch a row per scan
SEEN_EVERY_S = 20.0


_DEVICES = (
    select(
        Device.id,
        Device.event_id,
        Device.gate_id,
        Device.revoked_at,
        Device.may_search,
        Device.desk_salt,
        Device.kiosk_since,
        Gate.name.label("gate_name"),
        Gate.name_ar.label("gate_name_ar"),
        Event.slug,
        Event.language,
        Event.timezone,
        Event.reentry,
        Event.grace_s,
        Event.capacity,
        Event.without_badge,
        Event.purged_at,
        Event.rehearsal_since,
        Event.search_while_closed,
        BUDGET.label("search_budget"),
        HAS_HOURS.label("has_hours"),
        TELLS_ARRIVALS.label("tells_arrivals"),
        CURRENT_EPOCH.label("epoch"),
        *STOP_COLUMNS,
        *DAY_COLUMNS,
    )
    .join(Gate, Gate.id == Device.gate_id)
    .join(Event, Event.id == Device.event_id)
    .join(EventDay, EventDay.event_id == Event.id)
    .outerjoin(EntryStop, IS_STOPPED)
    .order_by(EventDay.day)
)
_DEVICE_BY_TOKEN = _DEVICES.where(Device.token_hash == bindparam("token_hash"))
_DEVICE_BY_ID = _DEVICES.where(Device.id == bindparam("device_id"))


def device_by_token(database: Database, token: str) -> PairedDevice:
    """Return the device that holds `token`.

    Raises:
        Unauthenticated: no device ever had this token.
        DeviceRevoked: the device was revoked, or its event purged: it must wipe what it holds.
    """
    with database.reading() as connection:
        rows = connection.execute(_DEVICE_BY_TOKEN, {"token_hash": hash_token(token)}).all()
        if not rows:
            raise Unauthenticated("this device is not paired: pair it")
        row = rows[0]
        if row.revoked_at is not None or row.purged_at is not None:
            raise DeviceRevoked(
                "this device was revoked: wipe what it holds and pair it again",
                purged=row.purged_at is not None,
                event_slug=row.slug,
            )
        hours = hours_in(connection, row.event_id, row.grace_s) if row.has_hours else ()
    return _paired(rows, hours)


def device_numbered(connection: Connection, device_id: int) -> PairedDevice:
    """Return a device that is there, also one that was revoked, with its event's settings."""
    rows = connection.execute(_DEVICE_BY_ID, {"device_id": device_id}).all()
    row = rows[0]
    return _paired(rows, hours_in(connection, row.event_id, row.grace_s) if row.has_hours else ())


def _paired(rows: Sequence[Row[*tuple[Any, ...]]], hours: tuple[Hours, ...]) -> PairedDevice:
    """Return a device from its rows, one for each day of its event."""
    row = rows[0]
    stop = stop_of(row)
    days = tuple(day_of_row(one, one.grace_s) for one in rows)
    return PairedDevice(
        id=row.id,
        event_id=row.event_id,
        event_slug=row.slug,
        gate_id=row.gate_id,
        gate_name=row.gate_name,
        gate_name_ar=row.gate_name_ar,
        language=row.language,
        timezone=row.timezone,
        policy=EntryPolicy(
            reentry=Reentry(row.reentry),
            capacity=row.capacity,
            stopped=stop is not None,
            without_badge=WithoutBadge(row.without_badge),
            hours=hours,
        ),
        days=days,
        stop=stop,
        rehearsing=row.rehearsal_since is not None,
        kiosk=row.kiosk_since is not None,
        searching=SearchRules(
            allowed=row.may_search,
            while_closed=row.search_while_closed,
            open_times=(*map(_open_time, days), *((one.opens_at, one.closes_at) for one in hours)),
            budget=row.search_budget,
        ),
        desk_salt=row.desk_salt,
        tells_arrivals=bool(row.tells_arrivals),
        epoch=row.epoch or "",
    )


def _open_time(day: Day) -> tuple[datetime, datetime]:
    return day.opens_at or day.starts_at - BEFORE_THE_EVENT, day.closes_at or day.ends_at


#: so long a device that was recognised is taken at its word, and its event's settings and stops as
#: they were; a change by another process or node is noticed that much later, one by this process at
#: once
KNOWN_FOR_S = 0.5


class KnownDevices:
    """A short-lived cache of devices by token, because a gate sends several scans a second."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, PairedDevice]] = {}

    def device_by_token(self, database: Database, token: str) -> PairedDevice:
        """Return the device that holds `token`.

        Raises:
            Unauthenticated: no device has this token, or it was revoked.
        """
        now = time.monotonic()
        until, device = self._known.get(token, (0.0, None))
        if device is None or until < now:
            device = device_by_token(database, token)
            self._known[token] = (now + KNOWN_FOR_S, device)
        return device

    def forget(self) -> None:
        """Empty the cache, because a device was revoked or moved."""
        self._known.clear()


class LastSeen:
    """Remembers when devices were in touch, so that this is written only now and then."""

    def __init__(self) -> None:
        self._written: dict[int, float] = {}
        self._mutex = threading.Lock()

    def due(self, device_id: int) -> bool:
        """Say whether the device's last contact should be written to the database now."""
        now = time.monotonic()
        with self._mutex:
            if now - self._written.get(device_id, -SEEN_EVERY_S) < SEEN_EVERY_S:
                return False
            self._written[device_id] = now
            return True


def try_to_mark_seen(database: Database, device_id: int, now: datetime, **told: object) -> None:
    """Do as `mark_seen` where the database takes it: no answer to a device depends on it."""
    try_to_write(database, lambda session: mark_seen(session, device_id, now, **told))


def try_to_write(database: Database, work: Callable[[Session], object]) -> None:
    """Write what no answer to a device depends on, where the database takes it.

    Lists and counts are still read from a database that is full or read-only.
    """
    try:
        in_transaction(database, work)
    except SQLAlchemyError as fault:
        if outage_of(fault) is None:
            raise


def mark_seen(session: Session, device_id: int, now: datetime, **told: object) -> None:
    """Record a device's last contact, and the state that it reported.

    Args:
        told: columns of `Device`: `skew_ms`, `waiting`, `list_at`, `battery`, `charging`.
    """
    values = {"last_seen_at": now} | told
    # On the bare connection: every device is seen several times a minute, and no session knows it.
    session.connection().execute(update(Device).where(Device.id == device_id).values(values))
