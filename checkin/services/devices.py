"""Devices: pairing, recognising, revoking."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Device, EntryStop, Event, Gate, Pairing
from checkin.domain.admission import EntryPolicy, Reentry
from checkin.domain.names import fold_name
from checkin.domain.stops import Stop
from checkin.errors import DeviceRevoked, NotFound, Unauthenticated
from checkin.protocol.codes import ALPHABET, normalise_typed
from checkin.services.activity import note
from checkin.services.stop_query import IS_STOPPED, STOP_COLUMNS, stop_of

PAIRING_CODE_LENGTH = 8
PAIRING_LIFETIME = timedelta(minutes=10)
#: a device's last contact is written at most this often: it is no reason to touch a row per scan
SEEN_EVERY_S = 20.0


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """A device that showed its token, with what its event and gate lay down.

    Attributes:
        stop: the order that no gate admits anybody, while there is one.
    """

    id: int
    event_id: int
    event_slug: str
    gate_id: int
    gate_name: str
    language: str
    policy: EntryPolicy
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device as it learns of itself; the token is shown this once."""

    id: int
    token: str
    gate_id: int
    gate_name: str
    event: Event


def hash_token(token: str) -> bytes:
    """Return what is stored instead of a device's token (256 random bits need no slow hash)."""
    return hashlib.sha256(token.encode()).digest()


_DEVICE_BY_TOKEN = (
    select(
        Device.id,
        Device.event_id,
        Device.gate_id,
        Device.revoked_at,
        Gate.name.label("gate_name"),
        Event.slug,
        Event.language,
        Event.reentry,
        Event.doors_open_at,
        Event.doors_close_at,
        Event.grace_s,
        Event.reserve_from,
        Event.capacity,
        Event.purged_at,
        *STOP_COLUMNS,
    )
    .join(Gate, Gate.id == Device.gate_id)
    .join(Event, Event.id == Device.event_id)
    .outerjoin(EntryStop, IS_STOPPED)
    .where(Device.token_hash == bindparam("token_hash"))
)


def device_by_token(database: Database, token: str) -> PairedDevice:
    """Return the device that holds `token`.

    Raises:
        Unauthenticated: no device ever had this token.
        DeviceRevoked: the device was revoked, or its event purged: it must wipe what it holds.
    """
    with database.reading() as connection:
        row = connection.execute(_DEVICE_BY_TOKEN, {"token_hash": hash_token(token)}).first()
    if row is None:
        raise Unauthenticated("this device is not paired: pair it")
    if row.revoked_at is not None or row.purged_at is not None:
        raise DeviceRevoked("this device was revoked: wipe what it holds and pair it again")
    return _paired(row)


def _paired(row: Row[*tuple[Any, ...]]) -> PairedDevice:
    stop = stop_of(row)
    return PairedDevice(
        id=row.id,
        event_id=row.event_id,
        event_slug=row.slug,
        gate_id=row.gate_id,
        gate_name=row.gate_name,
        language=row.language,
        policy=EntryPolicy(
            reentry=Reentry(row.reentry),
            opens_at=_shifted(row.doors_open_at, -row.grace_s),
            closes_at=_shifted(row.doors_close_at, row.grace_s),
            reserve_from=row.reserve_from,
            capacity=row.capacity,
            stopped=stop is not None,
        ),
        stop=stop,
    )


def _shifted(moment: datetime | None, by_s: int) -> datetime | None:
    return None if moment is None else moment + timedelta(seconds=by_s)


#: so long a device that was recognised is taken at its word; a revocation by another process is
#: noticed that much later, one by this process at once
KNOWN_FOR_S = 0.5


class KnownDevices:
    """Remembers for a moment whose token is whose: a gate sends several scans a second."""

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
        """Look everybody up again: a device was revoked or moved."""
        self._known.clear()


class LastSeen:
    """Remembers which devices were in touch, and lets one write through now and then."""

    def __init__(self) -> None:
        self._written: dict[int, float] = {}
        self._mutex = threading.Lock()

    def due(self, device_id: int) -> bool:
        """Say whether the device's last contact should be written now."""
        now = time.monotonic()
        with self._mutex:
            if now - self._written.get(device_id, -SEEN_EVERY_S) < SEEN_EVERY_S:
                return False
            self._written[device_id] = now
            return True


def mark_seen(session: Session, device_id: int, now: datetime, **told: object) -> None:
    """Write a device's last contact, and what it told or showed of itself.

    Args:
        told: columns of `Device`: `skew_ms`, `waiting`, `list_at`.
    """
    values = {"last_seen_at": now} | told
    session.execute(update(Device).where(Device.id == device_id).values(values))


def gate_named(session: Session, event: Event, name: str, *, create: bool = False) -> Gate:
    """Return the gate with this name.

    Raises:
        NotFound: there is none and `create` is off; the sentence names those that exist.
    """
    gate = session.scalar(
        select(Gate).where(Gate.event_id == event.id, Gate.folded == fold_name(name))
    )
    if gate is not None:
        return gate
    if not create:
        known = session.scalars(select(Gate.name).where(Gate.event_id == event.id)).all()
        raise NotFound(f"no gate is called {name!r}; gates: {', '.join(known) or 'none yet'}")
    gate = Gate(event_id=event.id, name=name.strip(), folded=fold_name(name))
    session.add(gate)
    session.flush()
    return gate


def add_device(
    session: Session, event: Event, gate: Gate, *, name: str, software: str, now: datetime
) -> NewDevice:
    """Enrol a device at a gate and return its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    device = Device(
        event_id=event.id,
        gate_id=gate.id,
        name=name,
        software=software,
        token_hash=hash_token(token),
        paired_at=now,
    )
    session.add(device)
    session.flush()
    note(session, event.id, "device.add", now, device_id=device.id, gate=gate.name, name=name)
    return NewDevice(device.id, token, gate.id, gate.name, event)


def open_pairing(session: Session, event: Event, gate: Gate, *, now: datetime) -> str:
    """Make a pairing code for a gate: eight letters, good once and for ten minutes."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(PAIRING_CODE_LENGTH))
    session.add(
        Pairing(
            event_id=event.id,
            gate_id=gate.id,
            code_hash=hash_token(code),
            created_at=now,
            expires_at=now + PAIRING_LIFETIME,
        )
    )
    note(session, event.id, "device.pairing_opened", now, gate=gate.name)
    return code


def pair_device(
    database: Database, *, code: str, name: str, software: str, now: datetime
) -> NewDevice:
    """Exchange a pairing code for a device token.

    Raises:
        Unauthenticated: the code is unknown, too old or already used. Which one is not said.
    """

    def work(session: Session) -> NewDevice:
        pairing = session.scalar(
            select(Pairing)
            .where(
                Pairing.code_hash == hash_token(normalise_typed(code)),
                Pairing.device_id.is_(None),
                Pairing.expires_at > now,
            )
            .with_for_update()
        )
        if pairing is None:
            raise Unauthenticated("this pairing code is wrong, used or too old: ask for a new one")
        event, gate = (
            session.get_one(Event, pairing.event_id),
            session.get_one(Gate, pairing.gate_id),
        )
        device = add_device(session, event, gate, name=name, software=software, now=now)
        pairing.device_id = device.id
        return device

    return in_transaction(database, work)


def revoke_device(session: Session, event: Event, device_id: int, *, now: datetime) -> Device:
    """Take a device's right away; it is told at its next contact. Twice is the same as once.

    Its lease is left to expire: until it hears of it, it may admit people by it.

    Raises:
        NotFound: the event has no such device.
    """
    device = session.get(Device, device_id)
    if device is None or device.event_id != event.id:
        raise NotFound(f"no device has the number {device_id}")
    if device.revoked_at is None:
        device.revoked_at = now
        note(session, event.id, "device.revoke", now, device_id=device.id, name=device.name)
    return device
