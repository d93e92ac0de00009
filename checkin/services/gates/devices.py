"""Devices: pairing, listing and revoking them, and confirming that they wiped their data."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, count

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Device, Event, Gate, Hub, HubDevice, Pairing
from checkin.domain.common.names import clean_name, clean_text, fold_name
from checkin.domain.events.days import Day, day_at, day_of
from checkin.domain.gates.battery import low_percent
from checkin.domain.gates.hub_numbers import CENTRAL_DEVICE
from checkin.domain.people.searching import SearchRules
from checkin.domain.scanning.facts import EntryPolicy
from checkin.domain.scanning.hall import Stop
from checkin.domain.scanning.timetable import Opening, opening_after, policy_of_day
from checkin.errors import Conflict, InvalidRequest, NotFound, Unauthenticated
from checkin.protocol.codes import ALPHABET, normalise_code
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version
from checkin.services.common.lookup import by_id
from checkin.services.common.purged import refuse_purged

PAIRING_CODE_LENGTH = 8
PAIRING_LIFETIME = timedelta(minutes=10)
LONGEST_NAME = 120
DESK_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """An authenticated device with the settings of its event and gate.

    Attributes:
        policy: what holds on each of the event's days; `policy_at` adds what is laid down for one.
        days: the event's days, of which each scan belongs to one.
        stop: the stop of all entries in force; None where there is none.
        rehearsing: whether a rehearsal is on, so that practice badges show their verdicts.
        searching: whether, when, and how many people it may search for by name.
        desk_salt: of a help desk's key; None for another device.
        kiosk: nobody stands at it.
        tells_arrivals: whether a webhook of the event is told of arrivals.
        epoch: of the database, read no later than whatever is recorded for this request.
        lent_by_id: the device of the hub whose leases it uses; None: it uses its own.
    """

    id: int
    event_id: int
    event_slug: str
    gate_id: int
    gate_name: str
    gate_name_ar: str | None
    language: str
    timezone: str
    policy: EntryPolicy
    days: tuple[Day, ...]
    stop: Stop | None = None
    rehearsing: bool = False
    searching: SearchRules = field(default_factory=SearchRules)
    desk_salt: bytes | None = None
    kiosk: bool = False
    tells_arrivals: bool = False
    epoch: str = ""
    lent_by_id: int | None = None

    @property
    def borrower_id(self) -> int:
        """Return the device to which the places were lent that this one gives away."""
        return self.id if self.lent_by_id is None else self.lent_by_id

    @property
    def is_help_desk(self) -> bool:
        """Say whether it may hold the people of the event."""
        return self.desk_salt is not None

    def day_at(self, at: datetime) -> int:
        """Return the number of the event's day to which a moment belongs."""
        return day_at(self.days, at)

    def policy_at(self, at: datetime) -> EntryPolicy:
        """Return the entry policy of the day to which a moment belongs."""
        return policy_of_day(self.policy, day_of(self.days, at))

    def opening_after(self, at: datetime, gate_id: int | None, category_id: int | None) -> Opening:
        """Return when a gate opens to a category, from a moment on."""
        return opening_after(self.policy, self.days, at, gate_id, category_id)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that was just enrolled; its token is shown only once."""

    id: int
    token: str
    gate_id: int
    gate_name: str
    gate_name_ar: str | None
    event: Event


def hash_token(token: str) -> bytes:
    """Return what is stored instead of a device's token (256 random bits need no slow hash)."""
    return hashlib.sha256(token.encode()).digest()


def gate_named(
    session: Session,
    event: Event,
    name: str,
    *,
    create: bool = False,
    name_ar: str = "",
    help_desk: bool = False,
) -> Gate:
    """Return the gate with this name.

    Args:
        name_ar: what a gate that is made is called in Arabic; "" for no other name.
        help_desk: whether a gate that is made is a help desk, to which no refusal sends people.

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
    next_list_version(session, event.id)  # the head of the gate list names the gates
    gate = Gate(
        event_id=event.id,
        name=name,
        name_ar=arabic_gate_name(name_ar),
        folded=fold_name(name),
        help_desk=help_desk,
    )
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


def arabic_gate_name(text: str) -> str | None:
    """Return a gate's Arabic name as it is stored; None where there is none.

    Raises:
        InvalidValue: the name has no letter and no digit, or is too long.
    """
    return gate_name(text) if text.strip() else None


def device_name(text: str) -> str:
    """Return a device's name as it is stored.

    Raises:
        InvalidRequest: there is no name, or a very long one.
    """
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidRequest(f"name: 1 to {LONGEST_NAME} characters")
    return name


def new_token() -> str:
    """Return a random token that a command line takes: none looks like an option."""
    while (token := secrets.token_urlsafe(32)).startswith("-"):
        continue
    return token


def add_device(
    session: Session,
    event: Event,
    gate: Gate,
    *,
    name: str,
    software: str,
    now: datetime,
    may_search: bool | None = None,
    help_desk: bool | None = None,
) -> NewDevice:
    """Enrol a device at a gate and return its token, of which only a hash is stored.

    Where another device of the event has its name, also one that was revoked, it gets a number
    after it, so that pages and the activity log tell them apart.

    Args:
        may_search: whether it may search for names; None: as the event says of new devices.
        help_desk: whether it may hold the people of the event; None: as its gate says.

    Raises:
        InvalidRequest: there is no name, or a very long one.
        EventPurged: the event takes nobody any more.
    """
    name = _name_of_its_own(session, event, device_name(name))
    refuse_purged(session, event.id)
    token = new_token()
    device = Device(
        event_id=event.id,
        gate_id=gate.id,
        name=name,
        software=software,
        token_hash=hash_token(token),
        paired_at=now,
        may_search=event.gates_may_search if may_search is None else may_search,
        desk_salt=desk_salt(help_desk=gate.help_desk if help_desk is None else help_desk),
    )
    session.add(device)
    session.flush()
    note(session, event.id, "device.add", now, device_id=device.id, gate=gate.name, name=name)
    return NewDevice(device.id, token, gate.id, gate.name, gate.name_ar, event)


def device_names(session: Session, event: Event) -> set[str]:
    """Return the names of an event's devices, of those that were revoked too."""
    return set(session.scalars(select(Device.name).where(Device.event_id == event.id)))


def _name_of_its_own(session: Session, event: Event, name: str) -> str:
    # Devices that are enrolled at once queue here: of more than a few that were to repeat their
    # transactions for one name the last would give up. Scans, which refer to the event, go on.
    mine = select(Event.id).where(Event.id == event.id)
    session.execute(mine.with_for_update(key_share=True))
    taken = device_names(session, event)
    numbered = (f"{name[: LONGEST_NAME - 6]} {number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)


def desk_salt(*, help_desk: bool) -> bytes | None:
    """Return what a device keeps to be a help desk with a new key, or not to be one."""
    return secrets.token_bytes(DESK_SALT_BYTES) if help_desk else None


def open_pairing(
    session: Session,
    event: Event,
    gate: Gate,
    *,
    now: datetime,
    operator_id: int | None = None,
    help_desk: bool | None = None,
) -> str:
    """Make a pairing code for a gate: eight letters, good once and for ten minutes.

    Args:
        help_desk: whether the device becomes a help desk; None: as the gate says of its devices.

    Raises:
        EventPurged: the event takes nobody any more.
    """
    refuse_purged(session, event.id)
    code = "".join(secrets.choice(ALPHABET) for _ in range(PAIRING_CODE_LENGTH))
    session.add(
        Pairing(
            event_id=event.id,
            gate_id=gate.id,
            code_hash=hash_token(code),
            created_at=now,
            expires_at=now + PAIRING_LIFETIME,
            help_desk=help_desk,
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
                Pairing.code_hash == hash_token(normalise_code(code)),
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
        device = add_device(
            session,
            event,
            gate,
            name=name,
            software=software,
            now=now,
            help_desk=pairing.help_desk,
        )
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
    admit people by the lease. The key of a help desk is gone at once.

    Raises:
        NotFound: the event has no such device.
    """
    device = by_id(session, event, Device, device_id)
    if device.revoked_at is None:
        device.revoked_at, device.desk_salt = now, None
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
        low_battery: how full its battery is, in percent, where it has to be charged.
    """

    device: Device
    gate: Gate
    online: bool
    clock_is_wrong: bool
    low_battery: int | None = None


#: a device talks to this server itself: it is no hub's own, and was not paired at a hub
TALKS_TO_US = and_(
    ~exists().where(Hub.device_id == Device.id), ~exists().where(HubDevice.device_id == Device.id)
)


def devices_of(session: Session, event_id: int, now: datetime) -> Sequence[ListedDevice]:
    """Return an event's devices: those in use first, then the revoked, by gate and name.

    Those at a hub are shown with the hub, which knows how they are.
    """
    rows = session.execute(
        select(Device, Gate)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event_id, Device.id != CENTRAL_DEVICE, TALKS_TO_US)
        .order_by(Device.revoked_at.is_not(None), Gate.name, Device.name, Device.id)
    )
    return [
        ListedDevice(
            device,
            gate,
            online=device.revoked_at is None and is_online(device.last_seen_at, now),
            clock_is_wrong=_clock_is_wrong(device),
            low_battery=low_battery(device.battery, device.charging, device.last_seen_at, now),
        )
        for device, gate in rows
    ]


def gates_of(session: Session, event_id: int) -> Sequence[Gate]:
    """Return an event's gates by name."""
    return session.scalars(select(Gate).where(Gate.event_id == event_id).order_by(Gate.name)).all()


def is_online(seen_at: datetime | None, now: datetime) -> bool:
    """Say whether a device last in touch at `seen_at` counts as online."""
    return seen_at is not None and now - seen_at < ONLINE_WITHIN


def low_battery(
    percent: int | None, charging: bool | None, seen_at: datetime | None, now: datetime
) -> int | None:
    """Return how full a device's battery is, in percent, where it has to be charged now.

    What a silent device last said is old: it may be charged by now, or out already.
    """
    is_known = is_online(seen_at, now)
    return low_percent(percent, is_charging=bool(charging)) if is_known else None


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
        .where(Device.event_id == event.id, Device.revoked_at.is_not(None), TALKS_TO_US)
        .order_by(Device.wiped_at.is_not(None), Gate.name, Device.id)
    )
    return [
        RevokedDevice(one.id, one.name, gate, one.last_seen_at, one.wiped_at) for one, gate in rows
    ]
