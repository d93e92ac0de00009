"""How far a pairing has come: whether a device has used its code, and has answered since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Device, Event, Pairing
from checkin.protocol.codes import normalise_code
from checkin.services.common.lookup import by_id
from checkin.services.gates.devices import hash_token


class PairingState(StrEnum):
    """How far a pairing has come."""

    #: nobody has used the code, which is still good
    WAITING = "waiting"
    #: a device was given its token, and has not used it yet
    TAKEN = "taken"
    #: the device has answered with its token
    PAIRED = "paired"
    #: the code is too old, and nobody has used it
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PairingProgress:
    """How far a pairing has come, and with which device; "" before there is one."""

    state: PairingState
    device: str = ""


def pairing_with_code(session: Session, event: Event, code: str) -> Pairing | None:
    """Return the pairing of an event that was opened with this code."""
    return session.scalar(
        select(Pairing).where(
            Pairing.event_id == event.id, Pairing.code_hash == hash_token(normalise_code(code))
        )
    )


def pairing_progress(
    session: Session, event: Event, pairing_id: int, now: datetime
) -> PairingProgress:
    """Return how far a pairing has come.

    Raises:
        NotFound: the event has no such pairing.
    """
    pairing = by_id(session, event, Pairing, pairing_id)
    if pairing.device_id is None:
        is_over = pairing.expires_at <= now
        return PairingProgress(PairingState.OVER if is_over else PairingState.WAITING)
    device = session.get_one(Device, pairing.device_id)
    has_answered = device.last_seen_at is not None
    return PairingProgress(PairingState.PAIRED if has_answered else PairingState.TAKEN, device.name)
