"""Register the walk-ins that a hub brings, and take back what it has taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge
from checkin.errors import Conflict, MarhabaError, NotFound
from checkin.services.common.keys import Keys
from checkin.services.hubs.access import PairedHub
from checkin.services.hubs.devices import NamedDevice, devices_named
from checkin.services.scanning.annul import annul_at_hub
from checkin.services.scanning.walk_ins import Newcomer, WalkInAnswer, register_walk_in


@dataclass(frozen=True, slots=True)
class BroughtWalkIn:
    """Somebody who was registered at the hub, by one of its devices."""

    device: NamedDevice
    newcomer: Newcomer


@dataclass(frozen=True, slots=True)
class RegisteredWalkIn:
    """What became of a walk-in, and the ref of their badge."""

    answer: WalkInAnswer
    badge_ref: bytes


def register_of_hub(
    database: Database, hub: PairedHub, brought: BroughtWalkIn, keys: Keys, now: datetime
) -> RegisteredWalkIn:
    """Register one walk-in as the device that did so at the hub. Again changes nothing.

    Raises:
        NotFound: the event has no such delegation any more.
        WalkInIdConflict: the id was used for somebody else.
    """
    return in_transaction(database, partial(_register, hub, brought, keys, now))


def _register(
    hub: PairedHub, brought: BroughtWalkIn, keys: Keys, now: datetime, session: Session
) -> RegisteredWalkIn:
    device = devices_named(session, hub, [brought.device], now)[brought.device]
    answer = register_walk_in(session, device, brought.newcomer, keys=keys, now=now)
    ref = session.scalars(select(Badge.ref).where(Badge.id == answer.registered.badge_id)).one()
    return RegisteredWalkIn(answer, ref or b"")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A scan that was taken back at the hub."""

    scan_id: UUID
    reason: str | None = None


def annul_of_hub(
    database: Database, hub: PairedHub, scans: Sequence[TakenBack], now: datetime
) -> list[tuple[UUID, MarhabaError | None]]:
    """Take scans back as the devices that made them, and tell of each that stays why it does."""
    return [(one.scan_id, _annul(database, hub, one, now)) for one in scans]


def _annul(
    database: Database, hub: PairedHub, one: TakenBack, now: datetime
) -> MarhabaError | None:
    work = partial(
        annul_at_hub,
        event_id=hub.event_id,
        scan_id=one.scan_id,
        reason=one.reason or f"taken back at {hub.name}",
        now=now,
    )
    try:
        in_transaction(database, work)
    except (NotFound, Conflict) as fault:
        return fault
    return None
