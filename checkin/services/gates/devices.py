"""Devices: pairing, listing and revoking them, and confirming that they wiped their data."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Device, Event, Gate, Pairing
from checkin.domain.common.names import clean_name, clean_text, fold_name
from checkin.domain.events.days import Day, day_at
from checkin.domain.scanning.facts import EntryPolicy
from checkin.domain.scanning.hall import Stop
from checkin.errors import Conflict, InvalidRequest, NotFound, Unauthenticated
from checkin.protocol.codes import ALPHABET, normalise_typed
from checkin.services.common.activity import note
from checkin.services.common.lookup import by_id

PAIRING_CODE_LENGTH = 8
PAIRING_LIFETIME = timedelta(minutes=10)
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """An authenticated device with the settings of its event and gate.

    Attributes:
        days: the event's days, of which each scan belongs to one.
        stop: the stop of all entries in force; None where there is none.
        rehearsing: whether a rehearsal is on, so that practice badges show their verdicts.
    """

    id: int
    event_id: int
    event_slug: str
    gate_id: int
    gate_name: str
    language: str
    policy: EntryPolicy
    days: tuple[Day, ...]
    stop: Stop | None = None
    rehearsing: bool = False

    def day_at(self, at: datetime) -> int:
        """Return the number of the event's day to which a moment belongs."""
        return day_at(self.days, at)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that was just enrolled; its token is shown only once."""

    id: int
    token: str
    gate_id: int
    gate_name: str
    event: Event


def hash_token(token: str) -> bytes:
    """Return what is stored instead of a device's token (256 random bits need no slow hash)."""
    return hashlib.sha256(token.encode()).digest()


def gate_named(session: Session, event: Event, name: str, *, create: bool = False) -> Gate:
    """Return the gate with this name.

    Raises:
        NotFound: no gate has this name and `create` is off; the sentence names the gates there are.
        InvalidValue: the name cannot be a gate's.
    """
    gate = session.scalar(
        select(Gate).where(Gate.event_id == event.id, Gate.folded == fold_name(name))
    )
    if gate is not None:
        return gate
    if not create:
        known = session.scalars(select(Gate.name).where(Gate.event_id == event.id)).all()
        raise NotFound(f"no gate is called {name!r}; gates: {', '.join(known) or 'none yet'}")
    name = gate_name(name)
    gate = Gate(event_id=event.id, name=name, folded=fold_name(name))
    session.add(gate)
    session.flush()
    return gate


def gate_name(text: str) -> str:
    """Return a gate's name as it is stored; a number is a valid name.

    Raises:
        InvalidValue: the name has no letter and no digit, or is too long.
    """
    number = text.strip().isdigit()
    return clean_text(text, LONGEST_NAME) if number else clean_name(text)


def device_name(text: str) -> str:
    """Return a device's name as it is stored.

    Raises:
        InvalidRequest: there is no name, or a very long one.
    """
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidRequest(f"name: 1 to {LONGEST_NAME} characters")
    return name


def add_device(
    session: Session, event: Event, gate: Gate, *, name: str, software: str, now: datetime
) -> NewDevice:
    """Enrol a device at a gate and return its token, of which only a hash is stored.

    Raises:
        InvalidRequest: there is no name, or a very long one.
    """
    name = device_name(name)
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


def open_pairing(
    session: Session, event: Event, gate: Gate, *, now: datetime, operator_id: int | None = None
) -> str:
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
    note(session, event.id, "device.pairing_opened", now, operator_id=operator_id, gate=gate.name)
    return code


def pair_device(
    database: Database, *, code: str, name: str, software: str, now: datetime
) -> NewDevice:
    """Exchange a pairing code for a device token.

    Raises:
        Unauthenticated: the code is unknown, too old or already used; the fault does not say which.
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


def revoke_device(
    session: Session,
    event: Event,
    device_id: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> Device:
    """Revoke a device; it learns so at its next contact. Revoking twice is the same as once.

    Its lease is left to expire, because until the device learns of the revocation it may still
    admit people by the lease.

    Raises:
        NotFound: the event has no such device.
    """
    device = by_id(session, event, Device, device_id)
    if device.revoked_at is None:
        device.revoked_at = now
        note(
            session,
            event.id,
            "device.revoke",
            now,
            operator_id=operator_id,
            name=device.name,
            device=device.id,
        )
    return device


#: A device in touch within this time is shown as online: its contact is written every 20 s.
ONLINE_WITHIN = timedelta(minutes=2)
#: Times are corrected for a clock that is off; from here on, a person should set it.
WRONG_FROM_MS = 60_000


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A device as the list of devices shows it, with its gate.

    Attributes:
        clock_is_wrong: the clock is a minute or more off, so that people read wrong times on it.
    """

    device: Device
    gate: Gate
    online: bool
    clock_is_wrong: bool


def devices_of(session: Session, event_id: int, now: datetime) -> Sequence[ListedDevice]:
    """Return an event's devices: those in use first, then the revoked, by gate and name."""
    rows = session.execute(
        select(Device, Gate)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event_id)
        .order_by(Device.revoked_at.is_not(None), Gate.name, Device.name, Device.id)
    )
    return [
        ListedDevice(
            device,
            gate,
            online=device.revoked_at is None and is_online(device.last_seen_at, now),
            clock_is_wrong=_clock_is_wrong(device),
        )
        for device, gate in rows
    ]


def gates_of(session: Session, event_id: int) -> Sequence[Gate]:
    """Return an event's gates by name."""
    return session.scalars(select(Gate).where(Gate.event_id == event_id).order_by(Gate.name)).all()


def is_online(seen_at: datetime | None, now: datetime) -> bool:
    """Say whether a device last in touch at `seen_at` counts as online."""
    return seen_at is not None and now - seen_at < ONLINE_WITHIN


def _clock_is_wrong(device: Device) -> bool:
    return device.revoked_at is None and abs(device.skew_ms or 0) >= WRONG_FROM_MS


@dataclass(frozen=True, slots=True)
class RevokedDevice:
    """A revoked device, and whether it has wiped its data.

    Attributes:
        name: "" after a purge, because a device may be named after a person.
        wiped_at: when it confirmed that its list, names and token are erased; None: not yet.
    """

    id: int
    name: str
    gate: str
    last_seen_at: datetime | None
    wiped_at: datetime | None


def confirm_wipe(session: Session, token: str, *, now: datetime) -> datetime:
    """Record that a revoked device has erased its data; only the first confirmation counts.

    Raises:
        Unauthenticated: no device ever had this token.
        Conflict: the device is in use, so it has nothing to erase.
    """
    device = session.scalar(
        select(Device).where(Device.token_hash == hash_token(token)).with_for_update()
    )
    if device is None:
        raise Unauthenticated("this device is not paired: pair it")
    if device.revoked_at is None:
        raise Conflict("this device was not revoked: it keeps what it holds")
    device.wiped_at = device.wiped_at or now
    session.flush()
    return device.wiped_at


def revoked_devices(session: Session, event: Event) -> Sequence[RevokedDevice]:
    """Return an event's revoked devices: those that have not confirmed their wipe first."""
    rows = session.execute(
        select(Device, Gate.name)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event.id, Device.revoked_at.is_not(None))
        .order_by(Device.wiped_at.is_not(None), Gate.name, Device.id)
    )
    return [
        RevokedDevice(one.id, one.name, gate, one.last_seen_at, one.wiped_at) for one, gate in rows
    ]
